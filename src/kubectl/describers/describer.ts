import type { Json } from '../../api/objects';
import { fetchInfo } from '../cluster/info';
import type { Info } from '../cluster/info';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import { Description } from './description';
import { searchEvents, subjectOf, writeEvents } from './events';

/** Describes one object. The text ends with a line break. */
export type Describer = (session: Session, info: Info, showEvents: boolean) => Promise<string>;

/** Writes what is special about a kind; may ask the server for more. */
export type Writer = (description: Description, object: JsonObject, session: Session) => void | Promise<void>;

/** The object anew, since what the command line selected may be older or a part. */
export async function readObject(session: Session, info: Info): Promise<JsonObject> {
  await fetchInfo(session.rest, info);
  return info.object ?? {};
}

/** A describer that writes the object and then its Events. */
export function describerWithEvents(write: Writer): Describer {
  return async (session, info, showEvents) => {
    const object = await readObject(session, info);
    const events: Json[] | undefined = showEvents ? await searchEvents(session, subjectOf(object)) : undefined;
    const description = new Description();
    await write(description, object, session);
    writeEvents(description, events, session.io.nowMs());
    return description.toString();
  };
}

/** A describer without Events. */
export function describerWithoutEvents(write: Writer): Describer {
  return async (session, info) => {
    const object = await readObject(session, info);
    const description = new Description();
    await write(description, object, session);
    return description.toString();
  };
}
