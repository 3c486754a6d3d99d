import type { ApiClient, ApiRequest, ApiResponse, Channel, ChannelListener, WatchEvent } from '../../api/client';
import type { Status } from '../../api/status';

/** A write that the API server refused. */
export interface RefusedWrite {
  request: ApiRequest;
  status: Status;
}

/** Passes everything on and notes which writes were refused, and how: kubectl itself only prints it. */
export class RecordingClient implements ApiClient {
  readonly refusals: RefusedWrite[] = [];

  constructor(private readonly client: ApiClient) {}

  async request(request: ApiRequest): Promise<ApiResponse> {
    const response = await this.client.request(request);
    if (request.method !== 'GET' && response.code >= 400) {
      this.refusals.push({ request, status: response.body as unknown as Status });
    }
    return response;
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.client.watch(request, onEvent, onEnd);
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    return this.client.stream(request, onText, onEnd);
  }

  channel(request: ApiRequest, listener: ChannelListener): Channel {
    return this.client.channel(request, listener);
  }
}

/** Fields that cannot be changed once an object is there: then only deleting it and making it anew helps. */
const IMMUTABLE =
  /field is immutable|is immutable after creation|may not (?:change|update) fields|updates to .* are forbidden|pod updates may not/;

/** Whether a refusal says that a field cannot be changed. */
export function isImmutable({ status }: RefusedWrite): boolean {
  const causes = status.details?.causes ?? [];
  return (
    status.code === 422 &&
    [status.message ?? '', ...causes.map((cause) => cause.message ?? '')].some((text) => IMMUTABLE.test(text))
  );
}

/** A refusal in one line: whose, which field, and the end of the message, without the dump of the value between. */
export function shortReason({ status }: RefusedWrite): string {
  const cause = status.details?.causes?.[0];
  const object = status.details?.name ? `${status.details.kind ?? ''} ${status.details.name}: `.trimStart() : '';
  if (!cause?.field) return `${object}${shorten(status.message ?? '')}`;
  return `${object}${cause.field}: ${shorten(cause.message ?? '')}`;
}

const LENGTH_LIMIT = 140;

function shorten(message: string): string {
  const plain = message.replace(/^Invalid value: .*: (?=[^:]+$)/s, '').replace(/^Forbidden: /, '');
  return plain.length > LENGTH_LIMIT ? `${plain.slice(0, LENGTH_LIMIT)}…` : plain;
}
