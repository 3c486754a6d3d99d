import type { JsonObject } from '../format/json';

/** Where printed text goes. */
export interface Sink {
  write(text: string): void;
}

/** Prints objects in one format. `eventType` is given for events of a watch that are printed as such. */
export interface Printer {
  print(object: JsonObject, out: Sink, eventType?: string): void;
}
