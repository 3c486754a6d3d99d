import { isMap, setKey, type JsonMap } from '../../../api/json';
import type { Program, ProgramIo } from '../program';

type Database = { rows: JsonMap };

const KINDS = {
  redis: { port: 6379, file: '/data/dump.json', ready: 'Ready to accept connections tcp' },
  postgres: {
    port: 5432,
    file: '/var/lib/postgresql/data/rows.json',
    ready: 'database system is ready to accept connections',
  },
};
const LATENCY_MS = 1;

/**
 * A server that holds rows or keys in a file of its data directory: they outlive the container where a volume is
 * mounted there, and only there. `GET /key` reads, `PUT /key` writes, `GET /` lists the keys.
 */
export function database(name: keyof typeof KINDS): Program<Database> {
  const { port, file, ready } = KINDS[name];
  return {
    start(io) {
      if (
        name === 'postgres' &&
        !io.setup.env['POSTGRES_PASSWORD'] &&
        io.setup.env['POSTGRES_HOST_AUTH_METHOD'] !== 'trust'
      ) {
        io.log('Error: Database is uninitialized and superuser password is not specified.');
        io.log('       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.');
        io.exit(1);
        return { rows: {} };
      }
      io.do({ kind: 'serve', port });
      io.do({ kind: 'useMemory', bytes: 32 << 20 });
      io.log(ready);
      return { rows: load(io, file) };
    },
    on(state, event, io) {
      if (event.kind === 'signal') {
        io.log(name === 'redis' ? 'Redis is now ready to exit, bye bye...' : 'database system is shut down');
        io.exit(0);
      }
      if (event.kind !== 'request') return state;
      const { id, method, path, body } = event.request;
      const key = path.slice(1);
      if (method === 'PUT' || method === 'POST') {
        setKey(state.rows, key, body ?? null);
        io.write(file, JSON.stringify(state.rows));
        io.do({ kind: 'respond', id, code: 200, body: 'OK', afterMs: LATENCY_MS });
      } else if (key === '') {
        io.do({ kind: 'respond', id, code: 200, body: Object.keys(state.rows), afterMs: LATENCY_MS });
      } else {
        const found = Object.hasOwn(state.rows, key);
        io.do({
          kind: 'respond',
          id,
          code: found ? 200 : 404,
          body: found ? state.rows[key]! : null,
          afterMs: LATENCY_MS,
        });
      }
      return state;
    },
  };
}

/** The rows in the file; none where it is absent or torn. */
function load(io: ProgramIo, file: string): JsonMap {
  const text = io.read(file);
  if (text === undefined) return {};
  try {
    const rows: unknown = JSON.parse(text);
    if (isMap(rows)) return rows;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  io.log(`the rows in ${file} cannot be read; starting with none`);
  return {};
}
