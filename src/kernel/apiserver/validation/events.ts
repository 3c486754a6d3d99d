import type { Event } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { qualifiedNameFaults } from './names';

/** Models pkg/apis/core/validation/events.go: Events of the old and the new style. */

const SHORT_MAX = 128;
const MESSAGE_MAX = 1024;

/** Checks an Event as a client of core/v1 sees it. */
export function validateEvent(event: Event, errors: FieldErrors): void {
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const path = 'involvedObject.namespace';
  const isNew = Boolean(event.eventTime);
  const free = isNew ? ['default', 'kube-system'] : ['', 'default'];
  const agrees = involved === '' ? free.includes(namespace) : isNew || namespace === involved;
  if (!agrees) errors.invalid(path, involved, 'does not match event.namespace');
  if (!isNew) return;
  const controller = event.reportingComponent ?? '';
  if (controller === '') errors.required('reportingComponent');
  for (const fault of qualifiedNameFaults(controller)) errors.invalid('reportingComponent', controller, fault);
  validateShort(event.reportingInstance, 'reportingInstance', errors);
  validateShort(event.action, 'action', errors);
  validateShort(event.reason, 'reason', errors);
  if ((event.message?.length ?? 0) > MESSAGE_MAX)
    errors.invalid('message', '', `can have at most ${MESSAGE_MAX} characters`);
}

function validateShort(text: string | undefined, path: string, errors: FieldErrors): void {
  if (!text) errors.required(path);
  else if (text.length > SHORT_MAX) errors.invalid(path, '', `can have at most ${SHORT_MAX} characters`);
}
