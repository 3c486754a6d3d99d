import { stringMapAt } from '../format/json';
import { base64Length } from '../format/base64';
import { describerWithEvents } from './describer';

/** Models pkg/describe ConfigMapDescriber. */
export const describeConfigMap = describerWithEvents((description, configMap) => {
  description.heading(configMap, true);
  description.labelsAndAnnotations(configMap);
  description.write(0, '\nData\n====\n');
  for (const [key, value] of stringMapAt(configMap, 'data')) description.write(0, `${key}:\n----\n${value}\n\n`);
  description.write(0, '\nBinaryData\n====\n');
  for (const [key, value] of stringMapAt(configMap, 'binaryData'))
    description.line(0, `${key}: ${base64Length(value)} bytes`);
  description.write(0, '\n');
});
