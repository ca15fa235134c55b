// A served kitchen and a real browser that looks at it.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Rig, Running } from '../rig.ts'

/** The shell without windows needs a third of the processor time. */
const found = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser']

export async function launch(): Promise<Browser> {
  const { existsSync } = await import('node:fs')
  const executablePath = found.find((path) => existsSync(path))
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Served {
  /** With the token. */
  url: string
  origin: string
  token: string
  running: Running
  stop(): Promise<void>
}

/** `chef serve`, or another command that serves, once it has told its address. */
export async function served(kitchen: Rig, args: string[] = ['serve']): Promise<Served> {
  const running = kitchen.start(args)
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    running.child.stdout?.on('data', (data: Buffer) => {
      text += String(data)
      const address = /http:\/\/\S+\?token=[\w-]+/.exec(text)
      if (address) resolve(address[0])
    })
    void running.result.then(({ exit, stderr }) => reject(new Error(`ended with ${exit}: ${stderr}`)))
  })
  const { origin, searchParams } = new URL(url)
  return {
    url,
    origin,
    token: searchParams.get('token') as string,
    running,
    stop: async () => {
      running.child.kill('SIGINT')
      await running.result
    },
  }
}

export async function opened(
  browser: Browser,
  { url }: Served,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) faults.push(`asked for ${request.url()}`)
  })
  await page.goto(url)
  await page.locator('h1').first().waitFor()
  return { context, page, faults }
}

export async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
}
