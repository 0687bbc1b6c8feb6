import { STRICT_TRANSPORT } from '../strict-transport.ts';
import { EDGE_FILES } from './edge-files.ts';

/** Ports in the container. */
export const EDGE_HTTP_PORT = 8080;
export const EDGE_HTTPS_PORT = 8443;
export const EDGE_HEALTH_PORT = 2020;

export interface CaddyfileOptions {
  /** Name that all replicas share, and their port. */
  readonly upstream: { readonly host: string; readonly port: number };
  /** Addresses and ranges of clients whose X-Forwarded-* count. */
  readonly trusted: readonly string[];
  /** Seconds that requests in flight have when the edge stops. */
  readonly graceSeconds: number;
  /** undefined: plain HTTP for every host name. */
  readonly tls?: CaddyfileTls;
}

export interface CaddyfileTls {
  readonly host: string;
  /** Where plain HTTP is sent, without trailing slash. */
  readonly url: string;
  /** undefined: the edge's own authority issues the certificate. */
  readonly acme?: CaddyfileAcme;
  /** Whether browsers are to use https from now on. */
  readonly strictTransport: boolean;
}

export interface CaddyfileAcme {
  /** @default Let's Encrypt's */
  readonly directory?: string;
  readonly email?: string;
  /** Path in the container of the certificates that the directory's own one is checked against. */
  readonly caPath?: string;
  /** The one way of proving that can work, by the port that it takes. @default both are tried */
  readonly challenge?: 'http' | 'tls-alpn';
  /** Since 2.10 Caddy obtains no certificate for a name that a wildcard covers, unless it is configured to. */
  readonly forceAutomate: boolean;
}

/**
 * The edge's configuration, for Caddy 2.6 and later.
 *
 * - The file in the folder of the active release names the replicas that get a request; it is looked
 *   up for each one, so that a release takes over without a reload. Without such a file (a first
 *   start, a lost volume) requests go to the name that all replicas share.
 * - Replicas are looked up by that name every second, so that one that came or went is known at once;
 *   a refused connection is tried again elsewhere for any request, a broken one only for GET (Caddy's
 *   default), as other requests may have had an effect. Up to 2.11.1, Caddy has closed a body by then
 *   and answers 502 (its issue 7546): those below 100 kB, all of Medusa's JSON, are read beforehand,
 *   which keeps them.
 * - No passive health: a request that breaks by its own fault would take a replica out for all.
 * - One connection a request: on a kept one a stopping backend goes on getting requests until it is
 *   killed in the middle of one; with none it refuses new ones, finishes the others and ends.
 * - No limit on the time to an answer: imports and exports take minutes, and a backend that was
 *   interrupted goes on with them.
 * - A body that is declared too large is refused before it is sent on; an undeclared one is aborted.
 *   Headers may have what Node.js, behind the edge, takes by default.
 * - Headers stay out of the access log: Caddy leaves out cookies and Authorization by itself, but
 *   Medusa takes API tokens in `x-medusa-access-token` as well.
 * - `X-Forwarded-*` of a client are dropped unless its address is trusted, as where TLS ends in front of
 *   this edge: Medusa sets its login cookie by them.
 * - HTTP/2 with TLS; no HTTP/3, whose port nobody publishes.
 */
export function caddyfile(options: CaddyfileOptions): string {
  const { tls } = options;
  const sites = tls
    ? tlsSites(tls, options)
    : site(`http://:${EDGE_HTTP_PORT}`, ...EVERY_SITE, ...store(options));
  return `{
	admin unix/${EDGE_FILES.adminSocket}
${tls ? TLS_OPTIONS : '\tauto_https off'}
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

${sites}
${HEALTH}`;
}

/** Redirects are written out: Caddy's own would name a port of the container. */
const TLS_OPTIONS = `	auto_https disable_redirects
	http_port ${EDGE_HTTP_PORT}
	https_port ${EDGE_HTTPS_PORT}
	skip_install_trust`;

/**
 * Challenges of the ACME server at the HTTP port are answered before any site is asked. A request for
 * another host name than the store's is refused: Caddy would answer an empty 200.
 *
 * 308 and not 301, so that a POST stays one. The backend's own HSTS header wins. Never where the edge's own authority
 * signs by design: for `localhost` it would bind every program on every port of a developer's machine.
 */
function tlsSites(tls: CaddyfileTls, options: CaddyfileOptions): string {
  const strict = tls.strictTransport
    ? [`	header ?Strict-Transport-Security ${STRICT_TRANSPORT}`]
    : [];
  const misdirected = [...EVERY_SITE, '	respond "This server has no site of that name." 421'];
  return [
    site(`https://${tls.host}`, ...EVERY_SITE, issuer(tls.acme), ...strict, ...store(options)),
    ...(tls.acme
      ? [site(`https://${standInName(tls.host)}`, issuer(undefined), ...misdirected)]
      : []),
    site(`https://:${EDGE_HTTPS_PORT}`, ...misdirected),
    site(`http://:${EDGE_HTTP_PORT}`, ...EVERY_SITE, `\tredir ${tls.url}{uri} 308`),
  ].join('\n\n');
}

/**
 * The name of the certificate, signed by the edge's own authority, that stands in until ACME has issued
 * the host's own: `*.example.com` for `shop.example.com`. Caddy takes the exact one as soon as there is
 * one. Two issuers for the host itself would do the same at first, but Caddy asks the next one at each
 * renewal too: an ACME server that is down for a minute would have a certificate that is good for weeks
 * replaced by one that no browser trusts.
 */
export function standInName(host: string): string {
  return `*.${host.split('.').slice(1).join('.')}`;
}

function issuer(acme: CaddyfileAcme | undefined): string {
  if (!acme) return '\ttls {\n\t\tissuer internal\n\t}';
  const settings = [
    ...(acme.directory ? [`dir ${acme.directory}`] : []),
    ...(acme.email ? [`email ${acme.email}`] : []),
    ...(acme.caPath ? [`trusted_roots ${acme.caPath}`] : []),
    ...(acme.challenge === 'http' ? ['disable_tlsalpn_challenge'] : []),
    ...(acme.challenge === 'tls-alpn' ? ['disable_http_challenge'] : []),
  ];
  const block = settings.map((line) => `\t\t\t${line}\n`).join('');
  return `	tls${acme.forceAutomate ? ' force_automate' : ''} {
		issuer acme {
${block}		}
	}`;
}

function site(address: string, ...blocks: readonly string[]): string {
  return `${address} {\n${blocks.join('\n')}\n}`;
}

/** Parts of a query that open something: invites, resets, claims, keys that a client puts there. */
const LOGGED_AS_REDACTED = [
  'access_token',
  'api_token',
  'code',
  'key',
  'password',
  'secret',
  'token',
];

const ACCESS_LOG = `	log {
		output stdout
		format filter {
			wrap json
			fields {
				request>headers delete
				resp_headers delete
				request>uri query {
${LOGGED_AS_REDACTED.map((name) => `\t\t\t\t\treplace ${name} REDACTED`).join('\n')}
				}
			}
		}
	}`;

const CLOSING = `	@closing file {
		root ${folderOf(EDGE_FILES.closing)}
		try_files ${nameOf(EDGE_FILES.closing)}
	}
	header @closing Connection close`;

/**
 * Nobody needs to know what answers; no browser is to guess the type of an uploaded file. The backend's own header
 * wins.
 */
const ANSWER_HEADERS = `	header {
		-Server
		-X-Powered-By
		?X-Content-Type-Options nosniff
	}`;

const EVERY_SITE = [ACCESS_LOG, CLOSING, ANSWER_HEADERS];

/** What a site does that serves the store. */
function store(options: CaddyfileOptions): string[] {
  return [
    strangersHeaders(options.trusted),
    `	@tooLarge header_regexp Content-Length ^[1-9][0-9]{8,}$
	handle @tooLarge {
		respond "Request bodies of 100 MB and more are not accepted." 413 {
			close
		}
	}
	request_body {
		max_size 100MB
	}
	@small header_regexp Content-Length ^[0-9]{1,5}$
	vars @small body {http.request.body}`,
    `	@release file {
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
${reverseProxy(options.upstream.host, options)}
	}`,
  ];
}

/** Drops what Caddy itself passes on of those who are not trusted, next to `X-Forwarded-*`. */
function strangersHeaders(trusted: readonly string[]): string {
  const matcher = trusted.length > 0 ? '@stranger ' : '';
  const lines = ['Forwarded', 'X-Real-IP'].map((name) => `\trequest_header ${matcher}-${name}`);
  const match = `\t@stranger not remote_ip ${trusted.join(' ')}`;
  return [...(trusted.length > 0 ? [match] : []), ...lines].join('\n');
}

function reverseProxy(name: string, { upstream, trusted }: CaddyfileOptions): string {
  const forwarded = trusted.length > 0 ? [`trusted_proxies ${trusted.join(' ')}`] : [];
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

http://:${EDGE_HTTP_PORT} {
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
