using System.Net;

namespace AiGateway.Bench.Compare.Processes;

/// <summary>Nginx as a plain reverse proxy, at its best: workers for all cores, kept connections, nothing logged, nothing buffered.</summary>
internal static class NginxConfiguration
{
    public static string Text(IPEndPoint listen, IPEndPoint upstream, string directory) =>
        $$"""
        daemon off;
        pid {{directory}}/nginx.pid;
        error_log stderr error;
        worker_processes auto;
        worker_rlimit_nofile 16384;
        events { worker_connections 8192; }
        http {
          access_log off;
          tcp_nodelay on;
          client_body_buffer_size 1m;
          client_body_temp_path {{directory}}/body;
          proxy_temp_path {{directory}}/proxy;
          fastcgi_temp_path {{directory}}/fastcgi;
          uwsgi_temp_path {{directory}}/uwsgi;
          scgi_temp_path {{directory}}/scgi;
          keepalive_requests 1000000000;
          upstream model { server {{upstream}}; keepalive 2048; keepalive_requests 1000000000; }
          server {
            listen {{listen}} backlog=4096;
            location = /ready { return 200; }
            location / {
              proxy_pass http://model;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 60s;
            }
          }
        }
        """;
}
