import { at, listAt, numberAt, objectAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { sinceText } from '../printers/human';
import type { Session } from '../session';
import { fieldResolver, writeContainers, writeResources } from './containers';
import type { Describer } from './describer';
import { readObject } from './describer';
import { Description, longTime } from './description';
import { searchEvents, subjectOf, writeEvents } from './events';
import { controllerText, writeSpreadConstraints, writeTolerations } from './pod-parts';
import { writeVolumes } from './volumes';

/** Models pkg/describe PodDescriber. */
export const describePod: Describer = async (session, info, showEvents) => {
  const pod = await readObject(session, info);
  // A Pod's Events are found by its uid alone, so that those about an older API are seen as well.
  const mirror = textAt(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror');
  const subject = { ...subjectOf(pod), kind: '', ...(mirror ? { uid: mirror } : {}) };
  const events = showEvents ? await searchEvents(session, subject) : undefined;
  const description = new Description();
  writeHead(description, pod);
  writeState(description, pod, session);
  writeParts(description, pod);
  writeEvents(description, events, session.io.nowMs());
  return description.toString();
};

function writeHead(description: Description, pod: JsonObject): void {
  description.heading(pod, true);
  const priority = numberAt(pod, 'spec', 'priority');
  if (priority !== undefined) description.field('Priority', priority);
  for (const [title, field] of [
    ['Priority Class Name', 'priorityClassName'],
    ['Runtime Class Name', 'runtimeClassName'],
    ['Service Account', 'serviceAccountName'],
  ] as const) {
    const value = textAt(pod, 'spec', field);
    if (value) description.field(title, value);
  }
  const node = textAt(pod, 'spec', 'nodeName');
  description.field('Node', node ? `${node}/${textAt(pod, 'status', 'hostIP')}` : '<none>');
  const started = textAt(pod, 'status', 'startTime');
  if (started) description.field('Start Time', longTime(started));
  description.labelsAndAnnotations(pod);
}

function writeState(description: Description, pod: JsonObject, session: Session): void {
  const phase = textAt(pod, 'status', 'phase');
  const deleted = textAt(pod, 'metadata', 'deletionTimestamp');
  if (deleted && phase !== 'Failed' && phase !== 'Succeeded') {
    description.field('Status', `Terminating (lasts ${sinceText(deleted, session.io.nowMs())})`);
    description.field('Termination Grace Period', `${numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0}s`);
  } else description.field('Status', phase);
  const reason = textAt(pod, 'status', 'reason');
  if (reason) description.field('Reason', reason);
  const message = textAt(pod, 'status', 'message');
  if (message) description.field('Message', message);
  const seccomp = objectAt(pod, 'spec', 'securityContext', 'seccompProfile');
  if (seccomp) {
    description.field('SeccompProfile', textAt(seccomp, 'type'));
    if (textAt(seccomp, 'type') === 'Localhost')
      description.field('LocalhostProfile', textAt(seccomp, 'localhostProfile'));
  }
  description.field('IP', textAt(pod, 'status', 'podIP'));
  const ips = listAt(pod, 'status', 'podIPs');
  description.line(0, ips.length === 0 ? 'IPs:\t<none>' : 'IPs:');
  for (const ip of ips) description.field('IP', textAt(ip, 'ip'), 1);
  const controller = controllerText(pod);
  if (controller) description.field('Controlled By', controller);
  const nominated = textAt(pod, 'status', 'nominatedNodeName');
  if (nominated) description.field('NominatedNodeName', nominated);
}

function writeParts(description: Description, pod: JsonObject): void {
  const resources = at(pod, 'spec', 'resources');
  if (resources !== undefined && resources !== null) {
    description.line(0, 'Resources:');
    writeResources(description, resources, 1);
  }
  const resolve = fieldResolver(pod);
  const groups = [
    ['Init Containers', 'initContainers', 'initContainerStatuses'],
    ['Containers', 'containers', 'containerStatuses'],
    ['Ephemeral Containers', 'ephemeralContainers', 'ephemeralContainerStatuses'],
  ] as const;
  for (const [title, field, statuses] of groups) {
    const containers = listAt(pod, 'spec', field);
    if (containers.length > 0 || field === 'containers') {
      writeContainers(description, title, containers, listAt(pod, 'status', statuses), resolve, '');
    }
  }
  writeConditions(description, pod);
  writeVolumes(description, listAt(pod, 'spec', 'volumes'), '');
  description.field('QoS Class', textAt(pod, 'status', 'qosClass') || 'BestEffort');
  description.labels('Node-Selectors', at(pod, 'spec', 'nodeSelector'));
  writeTolerations(description, 'Tolerations', listAt(pod, 'spec', 'tolerations'));
  writeSpreadConstraints(description, listAt(pod, 'spec', 'topologySpreadConstraints'), '');
}

function writeConditions(description: Description, pod: JsonObject): void {
  const conditions = listAt(pod, 'status', 'conditions');
  const gates = listAt(pod, 'spec', 'readinessGates');
  if (gates.length > 0) {
    description.line(0, 'Readiness Gates:');
    description.line(1, 'Type\tStatus');
    for (const gate of gates) {
      const type = textAt(gate, 'conditionType');
      const met = conditions.find((condition) => textAt(condition, 'type') === type);
      description.line(1, `${type} \t${met === undefined ? '<none>' : textAt(met, 'status')} `);
    }
  }
  if (conditions.length === 0) return;
  description.line(0, 'Conditions:');
  description.line(1, 'Type\tStatus');
  for (const condition of conditions)
    description.line(1, `${textAt(condition, 'type')} \t${textAt(condition, 'status')} `);
}
