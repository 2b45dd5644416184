import { build } from 'vite';

/**
 * The TypeScript module `entry` and all it imports as one text, at an address that `new Worker`
 * takes: Node 20 cannot run TypeScript itself.
 */
export async function bundle(entry: URL): Promise<URL> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, target: 'node20', ssr: entry.pathname },
    ssr: { noExternal: true },
  });
  if (!('output' in result)) throw new Error('one bundle was expected');
  return new URL(`data:text/javascript,${encodeURIComponent(result.output[0].code)}`);
}
