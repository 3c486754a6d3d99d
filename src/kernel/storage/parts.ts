import type { ControllerParts } from '../machinery/controller';
import type { VolumeContents } from '../machinery/ports';

/** What the controllers of storage are given. */
export interface StorageParts extends ControllerParts {
  readonly volumes: VolumeContents;
}
