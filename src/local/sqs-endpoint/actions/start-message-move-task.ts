import { type Action, queueOfArn } from '../context.ts';
import { SqsFault } from '../fault.ts';
import { optionalInteger, optionalText } from '../input.ts';

export const startMessageMoveTask: Action = async (input, context) => {
  const source = queueOfArn(input, 'SourceArn', context);
  const maxPerSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond', 1, 500);
  const destination =
    optionalText(input, 'DestinationArn') === undefined ? undefined : queueOfArn(input, 'DestinationArn', context).name;
  const started = await source.startMoveTask({
    ...(destination !== undefined && { destination }),
    ...(maxPerSecond !== undefined && { maxPerSecond }),
  });
  if (!started.ok) throw new SqsFault(started.code, started.message);
  return { TaskHandle: started.taskHandle };
};
