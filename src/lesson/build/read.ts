import type { ApiClient } from '../../api/client';

/** What the door answers to a GET. Throws what it refuses, in its words. */
export async function read<T>(client: ApiClient, path: string, query: Record<string, string> = {}): Promise<T> {
  const headers = { accept: 'application/json' };
  const { code, body } = await client.request({ method: 'GET', path, query, headers });
  if (code === 200) return body as unknown as T;
  throw new Error((body as { message?: string } | null)?.message ?? `${path} was answered with ${code}`);
}
