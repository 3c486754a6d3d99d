import type { Component } from '../machinery/component';
import { AttachDetachController } from './attach-detach';
import { DISK_DRIVER, FILES_DRIVER } from '../images/csi-drivers';
import { CsiAttacher } from './csi-attacher';
import type { StorageParts } from './parts';
import { Provisioner } from './provisioner';
import { Resizer } from './resizer';

/** One controller of storage. */
interface StorageRow {
  /** Who it is to the API server. */
  readonly actor: string;
  /** `source.component` of its Events. */
  readonly recorderComponent: string;
  readonly make: (parts: StorageParts) => Component & { begin(): void };
}

/** The controllers of storage; they share the picture of the cluster that the other controllers have. */
export const STORAGE_CONTROLLERS: readonly StorageRow[] = [
  {
    actor: 'attachdetach-controller',
    recorderComponent: 'attachdetach-controller',
    make: (parts) => new AttachDetachController(parts),
  },
  {
    actor: `csi-attacher/${DISK_DRIVER}`,
    recorderComponent: `csi-attacher-${DISK_DRIVER}`,
    make: (parts) => new CsiAttacher(parts),
  },
  ...[DISK_DRIVER, FILES_DRIVER].map((driver) => ({
    actor: `csi-provisioner/${driver}`,
    recorderComponent: `${driver}_csi-provisioner`,
    make: (parts: StorageParts) => new Provisioner(driver, parts),
  })),
  ...[DISK_DRIVER, FILES_DRIVER].map((driver) => ({
    actor: `csi-resizer/${driver}`,
    recorderComponent: `external-resizer ${driver}`,
    make: (parts: StorageParts) => new Resizer(driver, parts),
  })),
];
