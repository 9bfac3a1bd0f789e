export declare const content: Buffer
export declare const chunks: Buffer
export declare function chunkOf(content: Buffer): Buffer
