const image = '"Image":"busybox:latest"'

/** Bodies that create a container, or that the engine refuses for another reason than their JSON. */
export const followed: readonly (readonly [string, string | Buffer])[] = [
  ['lower case', '{"image":"busybox:latest","hostconfig":{"privileged":true,"binds":["/tmp:/x"]}}'],
  ['upper case', '{"IMAGE":"busybox:latest","HOSTCONFIG":{"PRIVILEGED":true,"PIDMODE":"host"}}'],
  ['Unicode folds', `{${image},"ho\u017Ftconfig":{"privileged":true,"networ\u212Amode":"host"}}`],
  ['escaped names', `{${image},"ho\\u017ftconfig":{"\\u0050rivileged":true,"networ\\u212amode":"host"}}`],
  [
    'all that is no fold',
    `{${image},"\u0131mage":"a","HostConfig":{"Pr\u0130vileged":true,"P\\u0131dMode":"host"}}`,
  ],
  [
    'structs in lists',
    `{${image},"HostConfig":{"mounts":[{"type":"tmpfs","TARGET":"/a","tmpfsoptions":{"SIZEBYTES":65536}}],"ULIMITS":[{"name":"nofile","SOFT":10,"hard":20}]}}`,
  ],
  [
    'structs in maps',
    `{${image},"hostconfig":{"portbindings":{"80/tcp":[{"hostport":"0","HOSTIP":"127.0.0.1"}]}},"networkingconfig":{"endpointsconfig":{"bridge":{"LINKS":null,"driveropts":{"a":"1","A":"2"}}}}}`,
  ],
  [
    'keys of a map',
    `{${image},"Labels":{"a":"1","A":"2","\u017F":"3","Labels":"4","__proto__":"5","constructor":"6","10":"7","2":"8"}}`,
  ],
  [
    'null',
    `{${image},"Cmd":null,"Entrypoint":null,"Labels":null,"HostConfig":{"Binds":null,"Init":null,"LogConfig":null,"Privileged":null}}`,
  ],
  ['no HostConfig', `{${image},"HostConfig":null}`],
  ['what docker-py always sends', `{${image},"Runtime":null,"HostConfig":{"NetworkMode":"default"}}`],
  ['what dockerode sends', `{${image},"Volumes":{},"VolumesFrom":[],"HostConfig":{}}`],
  ['text for a list', `{${image},"Cmd":"sleep 1","Entrypoint":""}`],
  ['an integer past 2^53', `{${image},"HostConfig":{"ShmSize":9007199254740993}}`],
  ['an integer past 2^63', `{${image},"HostConfig":{"ShmSize":9223372036854775808}}`],
  ['a large negative integer', `{${image},"HostConfig":{"ShmSize":-9223372036854775808}}`],
  ['a whole number with a fraction', `{${image},"HostConfig":{"Memory":67108864.0}}`],
  ['a whole number with an exponent', `{${image},"hostconfig":{"memory":1e9}}`],
  ['minus zero', `{${image},"HostConfig":{"Memory":-0}}`],
  ['minus zero for a count', `{${image},"HostConfig":{"BlkioWeight":-0}}`],
  [
    'unknown fields',
    `{${image},"Novel":{"Privileged":[1e3,{"a":{}}]},"__proto__":{"Privileged":true},"HostConfig":{"Novel":0.10}}`,
  ],
  ['unknown fields of great depth', `{${image},"Novel":${'['.repeat(9999)}${']'.repeat(9999)}}`],
  ['lone surrogates', `{${image},"Labels":{"a\\ud800":"\\udfff\\ud83d\\ud83d\\ude00"}}`],
  ['every escape', `{${image},"Labels":{"\\"\\\\\\/":"\\b\\f\\n\\r\\t\\u0000\\u001f\\u00E9"}}`],
  ['separators of lines', `{${image},"Labels":{"\u2028":"\u2029\x7f\uFEFF"}}`],
  [
    'bytes that are not UTF-8',
    Buffer.from(`{${image},"Labels":{"\xE2\x82":"\xFF\xED\xA0\x80\xC0\x80"}}`, 'latin1'),
  ],
  ['white space', ` \n{\t"Image" :\r"busybox:latest" } \n`],
  ['a list for an object', `{${image},"HostConfig":[{"Privileged":true}]}`],
  ['an object for a list', `{${image},"HostConfig":{"Binds":{"0":"/:/x"}}}`],
  ['text for true', `{${image},"HostConfig":{"Privileged":"true"}}`],
  ['nothing', 'null'],
]

/** Bodies that the engines take, some of them or all, each with what a layer says instead. */
export const refused: readonly (readonly [string, string, RegExp])[] = [
  ['one key twice', `{${image},"HostConfig":{"Privileged":true},"HostConfig":{}}`, /"HostConfig" twice/],
  [
    'one key twice, once escaped',
    `{${image},"HostConfig":{"Privileged":true,"\\u0050rivileged":null}}`,
    /"Privileged" twice/,
  ],
  [
    'one field in two cases',
    `{${image},"HostConfig":{"Privileged":true},"hostconfig":{"Memory":67108864}}`,
    /both "HostConfig" and "hostconfig"/,
  ],
  [
    'one field in two folds',
    `{${image},"HostConfig":{"bind\u017F":["/:/x"],"BINDS":[]}}`,
    /both "bindſ" and "BINDS" in "HostConfig"/,
  ],
  [
    'one field of an item twice',
    `{${image},"HostConfig":{"Mounts":[{"Source":"/tmp","source":"/"}]}}`,
    /in "HostConfig.Mounts\[0]"/,
  ],
  ['HostConfig without HostConfig', `{${image},"Privileged":true}`, /send it as HostConfig.Privileged/],
  [
    'HostConfig beside HostConfig',
    `{${image},"memory":67108864,"HostConfig":{}}`,
    /send it as HostConfig.Memory/,
  ],
  [
    'what HostConfig never had',
    `{${image},"cpu\u017Fet":"0","HostConfig":{}}`,
    /send it as HostConfig.CpusetCpus/,
  ],
  ['a brace after the end', `{${image}}}{"HostConfig":{"Privileged":true}}`, /goes on after its end/],
  ['a second value', `{${image}} {"HostConfig":{"Privileged":true}}`, /goes on after its end/],
  ['a number that is too large', `{${image},"Novel":1e400}`, /larger than a double/],
]

/** Bodies that are no JSON to the engine. */
export const broken: readonly string[] = [
  '',
  ' ',
  `\uFEFF{${image}}`,
  `{${image},}`,
  `{${image}`,
  `{${image},\f"Tty":true}`,
  `{${image},\u00A0"Tty":true}`,
  `{${image},"Tty":True}`,
  `{${image},"StopTimeout":01}`,
  `{${image},"StopTimeout":NaN}`,
  `{${image},"Hostname":"\\x41"}`,
  `{${image},"Hostname":"\n"}`,
  `{'Image':"busybox:latest"}`,
  `{${image}/**/}`,
  `{${image},"Novel":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
]
