import type { ApiClient } from '../../api/client';

/** A client that is made with the first request, so that what asks nothing needs no server. */
export function lateClient(make: () => ApiClient): ApiClient {
  let made: ApiClient | undefined;
  const client = (): ApiClient => (made ??= make());
  return {
    request: async (request) => client().request(request),
    watch: (...args) => client().watch(...args),
    stream: (...args) => client().stream(...args),
    channel: (...args) => client().channel(...args),
  };
}
