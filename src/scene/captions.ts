import { loopName, nodeOf } from './actors';
import type { Message, Moment, Story } from './story';
import { decisionSentence } from './verdicts';

/** What is being shown, in words. The same id means the same caption. */
export interface Caption {
  id: string;
  /** Its first words carry the weight. */
  lead: string;
  text: string;
  /** Whether the stage shows it as well as the live region: steps of the story that a newcomer needs named. */
  shown: boolean;
  /** It is what the scheduler decided, not a step on the way there. */
  verdict?: true;
}

const KINDS: Record<string, string> = {
  pods: 'Pod',
  nodes: 'Node',
  jobs: 'Job',
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  services: 'Service',
  endpoints: 'Endpoints',
  endpointslices: 'EndpointSlice',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  controllerrevisions: 'ControllerRevision',
  cronjobs: 'CronJob',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  poddisruptionbudgets: 'PodDisruptionBudget',
  resourcequotas: 'ResourceQuota',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume',
  volumeattachments: 'VolumeAttachment',
  configmaps: 'ConfigMap',
  namespaces: 'Namespace',
  events: 'Event',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  storageclasses: 'StorageClass',
  priorityclasses: 'PriorityClass',
};

/** The kind behind a resource's name. */
export function kindOf(resource: string): string {
  return KINDS[resource] ?? resource;
}

/** A kind's name and what it shrinks to where there is little room: kubectl's short name, or its capitals. */
export function kindForms(kind: string): string[] {
  const capitals = kind.replace(/[a-z]/g, '');
  return [kind, kind === 'Deployment' ? 'deploy' : capitals, ''];
}

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** The caption of a story time: of all that goes on, what began last. */
export function captionAt(story: Story, storyMs: number): Caption | null {
  const moment = story.momentAt(storyMs);
  if (moment && storyMs < moment.writeMs) return momentCaption(moment, storyMs);
  const message = story
    .messagesAt(storyMs, 400)
    .reduce<Message | null>((last, one) => (last && last.startMs > one.startMs ? last : one), null);
  if (message) return messageCaption(message);
  return moment ? momentCaption(moment, storyMs) : null;
}

function momentCaption(moment: Moment, storyMs: number): Caption {
  const id = `${moment.pod}#${moment.record.attempt}`;
  if (storyMs < moment.scoreMs)
    return { id: `${id}f`, lead: 'Filter:', text: `where could ${moment.record.name} run?`, shown: true };
  if (moment.record.outcome === 'Scheduled' && storyMs < moment.decidedMs && moment.record.scores.length > 0) {
    return { id: `${id}s`, lead: 'Score:', text: 'where best?', shown: true };
  }
  return { id: `${id}d`, lead: '', text: decisionSentence(moment.record), shown: true, verdict: true };
}

/** One sentence on a message. */
export function messageCaption(message: Message): Caption {
  const { row, kind } = message;
  const what = `${kindOf(row.resource)} ${nameOf(row.key)}`;
  const caption = (text: string, shown = false): Caption => ({ id: message.id, lead: '', text, shown });
  if (kind === 'watch') return caption(watchText(message), row.resource === 'pods');
  if (message.from === 'learner')
    return caption(`The API server checks ${what}, etcd remembers it.`, row.verb !== 'update');
  if (message.from === 'controllers') return caption(controllerText(message, what), row.resource === 'pods');
  if (message.from === 'scheduler') {
    return row.node
      ? caption(`The scheduler writes one field: nodeName is ${row.node}.`, true)
      : caption(`The scheduler notes why ${nameOf(row.key)} stays Pending.`);
  }
  const node = nodeOf(message.from) ?? '';
  return caption(`The kubelet on ${node} reports on ${row.resource === 'nodes' ? 'its node' : what}.`);
}

function watchText(message: Message): string {
  const node = nodeOf(message.to);
  if (node !== undefined) return `The kubelet on ${node} sees its name, and starts work.`;
  if (message.to === 'scheduler') return 'The scheduler was watching: a Pod without a node.';
  return `${loopName(message.reader)} was watching.`;
}

function controllerText(message: Message, what: string): string {
  const { row } = message;
  const who = loopName(row.actor);
  if (row.verb === 'create') {
    return row.resource === 'pods' ? `${who} asks for a Pod. Nothing runs yet.` : `${who} creates ${what}.`;
  }
  return row.verb === 'delete' ? `${who} deletes ${what}.` : `${who} writes down what it sees of ${what}.`;
}
