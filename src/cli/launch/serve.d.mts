import type { Server } from 'node:http';

/** Serves a folder below a base path. Resolves to the server and its address. */
export function serve(
  folder: string,
  options?: { port?: number; base?: string },
): Promise<{ server: Server; url: string }>;
