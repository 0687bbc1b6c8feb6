import { EDGE_FILES } from './edge-files.ts';

export const EDGE_PORT = 8080;
export const EDGE_HEALTH_PORT = 2020;

export interface CaddyfileOptions {
  /** Name that all replicas share, and their port. */
  readonly upstream: { readonly host: string; readonly port: number };
  readonly trustForwarded: boolean;
  /** Seconds that requests in flight have when the edge stops. */
  readonly graceSeconds: number;
}

/**
 * The edge's configuration, for Caddy 2.6 and later.
 *
 * - The file in the folder of the active release names the replicas that get a request; it is looked
 *   up for each one, so that a release takes over without a reload. Without such a file (a first
 *   start, a lost volume) requests go to the name that all replicas share.
 * - Replicas are looked up by that name every second, so that one that came or went is known at once;
 *   a refused connection is tried again elsewhere for any request, a broken one only for GET (Caddy's
 *   default), as other requests may have had an effect.
 * - No passive health: a request that breaks by its own fault would take a replica out for all.
 * - One connection a request: on a kept one a stopping backend goes on getting requests until it is
 *   killed in the middle of one; with none it refuses new ones, finishes the others and ends.
 * - No limit on the time to an answer: imports and exports take minutes, and a backend that was cut
 *   off goes on with them.
 * - A body that is declared too large is refused before it is sent on; an undeclared one is cut off.
 *   Headers may have what Node.js, behind the edge, takes by default.
 * - Headers stay out of the access log: Caddy leaves out cookies and Authorization by itself, but
 *   Medusa takes API tokens in `x-medusa-access-token` as well.
 * - `X-Forwarded-*` of a client are dropped unless TLS ends in front of this edge: Medusa sets its
 *   login cookie by them.
 */
export function caddyfile(options: CaddyfileOptions): string {
  const { upstream } = options;
  return `{
	admin unix/${EDGE_FILES.adminSocket}
	auto_https off
	grace_period ${options.graceSeconds}s
	storage file_system {
		root ${EDGE_FILES.storage}
	}
	servers {
		protocols h1 h2
		max_header_size 16KB
		timeouts {
			read_header 10s
			read_body 5m
			idle 2m
		}
	}
}

http://:${EDGE_PORT} {
	log {
		output stdout
		format filter {
			wrap json
			fields {
				request>headers delete
				resp_headers delete
				request>uri query {
					replace token REDACTED
				}
			}
		}
	}
	@closing file {
		root ${folderOf(EDGE_FILES.closing)}
		try_files ${nameOf(EDGE_FILES.closing)}
	}
	header @closing Connection close
	@tooLarge header_regexp Content-Length ^[1-9][0-9]{8,}$
	respond @tooLarge "Request bodies of 100 MB and more are not accepted." 413 {
		close
	}
	request_body {
		max_size 100MB
	}
	@release file {
		root ${EDGE_FILES.activeRelease}
		try_files /*
	}
	handle @release {
		map {http.matchers.file.relative} {release} {
			~^/?(.+)$ "\${1}"
		}
${reverseProxy('{release}', options)}
	}
	handle {
${reverseProxy(upstream.host, options)}
	}
}
${HEALTH}`;
}

function reverseProxy(name: string, { upstream, trustForwarded }: CaddyfileOptions): string {
  const forwarded = trustForwarded
    ? ['trusted_proxies 0.0.0.0/0 ::/0']
    : ['header_up -Forwarded', 'header_up -X-Real-IP'];
  return `		reverse_proxy {
			dynamic a {
				name ${name}
				port ${upstream.port}
				refresh 1s
			}
			lb_policy round_robin
			lb_try_duration 15s
			lb_try_interval 250ms
${forwarded.map((line) => `\t\t\t${line}`).join('\n')}
			transport http {
				dial_timeout 1s
				keepalive off
			}
		}`;
}

const HEALTH = `
http://:${EDGE_HEALTH_PORT} {
	bind 127.0.0.1
	respond "OK" 200
}
`;

/** What an edge runs that has no configuration yet. */
export const BOOTSTRAP_CADDYFILE = `{
	admin unix/${EDGE_FILES.adminSocket}
	auto_https off
}

http://:${EDGE_PORT} {
	header Connection close
	respond "The store is being set up." 503
}
${HEALTH}`;

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/'));
}
