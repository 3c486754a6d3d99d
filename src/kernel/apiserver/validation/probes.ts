import type { Container, PodSpec, Probe } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { httpHeaderFaults } from './names';
import { validateNonNegative, validatePort, validatePortOrName } from './numbers';

/** Models pkg/apis/core/validation validateProbe and validateHandler. */

type Lifecycle = NonNullable<Container['lifecycle']>;
type Handler = Partial<Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>> & { sleep?: { seconds: number } };

const ONE_HANDLER = 'may not specify more than 1 handler type';

/** The probes of a container that runs on. */
export function validateProbes(container: Container, spec: PodSpec, path: string, errors: FieldErrors): void {
  const grace = spec.terminationGracePeriodSeconds;
  validateProbe(container.livenessProbe, `${path}.livenessProbe`, errors, true, grace);
  validateProbe(container.readinessProbe, `${path}.readinessProbe`, errors, false, grace);
  if (container.readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    const at = `${path}.readinessProbe.terminationGracePeriodSeconds`;
    errors.invalid(at, container.readinessProbe.terminationGracePeriodSeconds, 'must not be set for readinessProbes');
  }
  validateProbe(container.startupProbe, `${path}.startupProbe`, errors, true, grace);
}

function validateProbe(
  probe: Probe | undefined,
  path: string,
  errors: FieldErrors,
  onceOnly: boolean,
  graceSeconds: number | undefined,
): void {
  if (!probe) return;
  validateHandler(probe as Handler, path, errors, graceSeconds);
  validateNonNegative(probe.initialDelaySeconds, `${path}.initialDelaySeconds`, errors);
  validateNonNegative(probe.timeoutSeconds, `${path}.timeoutSeconds`, errors);
  validateNonNegative(probe.periodSeconds, `${path}.periodSeconds`, errors);
  validateNonNegative(probe.successThreshold, `${path}.successThreshold`, errors);
  validateNonNegative(probe.failureThreshold, `${path}.failureThreshold`, errors);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
  if (onceOnly && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1');
  }
}

/** What happens as a container starts and ends; the Pod says how long that may take. */
export function validateLifecycle(
  lifecycle: Lifecycle | undefined,
  { terminationGracePeriodSeconds: graceSeconds }: PodSpec,
  path: string,
  errors: FieldErrors,
): void {
  if (lifecycle?.postStart) validateHandler(lifecycle.postStart as Handler, `${path}.postStart`, errors, graceSeconds);
  if (lifecycle?.preStop) validateHandler(lifecycle.preStop as Handler, `${path}.preStop`, errors, graceSeconds);
}

function validateHandler(handler: Handler, path: string, errors: FieldErrors, graceSeconds?: number): void {
  let count = 0;
  const first = (key: string): boolean => {
    count += 1;
    if (count > 1) errors.forbidden(`${path}.${key}`, ONE_HANDLER);
    return count === 1;
  };
  if (handler.exec && first('exec') && !handler.exec.command?.length) errors.required(`${path}.exec.command`);
  if (handler.httpGet && first('httpGet')) validateHttpGet(handler.httpGet, `${path}.httpGet`, errors);
  if (handler.tcpSocket && first('tcpSocket'))
    validatePortOrName(handler.tcpSocket.port ?? 0, `${path}.tcpSocket.port`, errors);
  if (handler.grpc && first('grpc')) validatePort(handler.grpc.port ?? 0, `${path}.grpc.port`, errors);
  if (handler.sleep && first('sleep')) validateSleep(handler.sleep.seconds, graceSeconds, `${path}.sleep`, errors);
  if (count === 0) errors.required(path, 'must specify a handler type');
}

function validateSleep(seconds: number, graceSeconds: number | undefined, path: string, errors: FieldErrors): void {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return;
  errors.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`);
}

function validateHttpGet(get: NonNullable<Probe['httpGet']>, path: string, errors: FieldErrors): void {
  if (!get.path) errors.required(`${path}.path`);
  validatePortOrName(get.port ?? 0, `${path}.port`, errors);
  if (get.scheme !== 'HTTP' && get.scheme !== 'HTTPS')
    errors.notSupported(`${path}.scheme`, get.scheme, ['HTTP', 'HTTPS']);
  for (const header of get.httpHeaders ?? []) {
    for (const fault of httpHeaderFaults(header.name)) errors.invalid(`${path}.httpHeaders`, header.name, fault);
  }
}
