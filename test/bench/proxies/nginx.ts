import { nginx as startNginx } from '../nginx.js'
import type { Proxy } from './proxy.js'

/** One worker that keeps its connections to the origin and, as the Docker API needs it, holds nothing back. */
export const nginx: Proxy = {
  name: 'nginx',
  option: 'nginx',
  needs: ['nginx'],
  speaksTls: true,
  start: (bench, { listen, upstream, tls }) =>
    startNginx(
      bench,
      'proxy',
      `upstream engine { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 1000000000; keepalive_timeout 1h; }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  server {
    listen 127.0.0.1:${listen} ${tls === undefined ? '' : 'ssl'};
    ${tls === undefined ? '' : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`}
    client_max_body_size 0;
    location / {
      proxy_pass http://engine;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 8 64k;
      proxy_busy_buffers_size 64k;
      client_body_buffer_size 64k;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
    }
  }`,
    ),
}
