// The real nginx as a cache with basic auth: everyone with the password reads and writes, as docs/kitchens.md sets it up.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Nginx {
  port: number
  /** Where the entries lie: ac/ and cas/. */
  root: string
  /** Names of what lies there. */
  entries(): string[]
  blobs(): string[]
  /** Lines of the access log: `GET /ac/... 200`. */
  asked(): string[]
  stop(): Promise<void>
  start(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const password = 's3cret-of-the-cache'

function configuration(port: number): string {
  return `
user root;
worker_processes 1;
pid nginx.pid;
daemon off;
error_log log/error.log crit;
events { worker_connections 256; }
http {
  log_format short '$request_method $uri $status';
  access_log log/access.log short;
  client_body_temp_path tmp/body;
  proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi; uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
  client_max_body_size 0;
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:${port};
    root root;
    location ~ "^/(ac|cas)/[0-9a-f]{64}$" {
      auth_basic "cache"; auth_basic_user_file htpasswd;
      dav_methods PUT; create_full_put_path on;
    }
    location / { return 404; }
  }
}
`
}

export async function nginx(): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'chef-nginx-'))
  for (const part of ['root/ac', 'root/cas', 'tmp', 'log']) mkdirSync(join(folder, part), { recursive: true })
  const port = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), configuration(port))
  const hash = execFileSync('openssl', ['passwd', '-apr1', password], { encoding: 'utf8' }).trim()
  writeFileSync(join(folder, 'htpasswd'), `ci:${hash}\n`)
  const root = join(folder, 'root')
  let running: ChildProcess | undefined
  const server: Nginx = {
    port,
    root,
    entries: () => readdirSync(join(root, 'ac')),
    blobs: () => readdirSync(join(root, 'cas')),
    asked: () =>
      readFileSync(join(folder, 'log', 'access.log'), 'utf8')
        .split('\n')
        .filter(Boolean),
    async start() {
      running = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
      while (!(await answers(port))) if (running.exitCode !== null) throw new Error('nginx does not start')
    },
    async stop() {
      const ended = running && new Promise((resolve) => running?.on('close', resolve))
      running?.kill('SIGTERM')
      running = undefined
      await ended
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('connect', () => socket.destroy())
    socket.on('error', () => setTimeout(resolve, 10, false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
