/** Fewer than the SDK has connections (50): a function of 512 MiB does two hundred calls in a second. */
const atOnceMost = 20;

type Call<Args, Result> = (args: Args) => Promise<Result>;

/** What is the same in the clients of all services. */
interface AwsClient {
  middlewareStack: {
    add(
      middleware: <Args, Result>(next: Call<Args, Result>) => Call<Args, Result>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/**
 * Makes a client of the AWS SDK carry out so many calls at once and let others wait for their turn. The SDK's timeouts run
 * from when a call is made, also while it waits for a connection or for the processor: of a batch of hundreds that calls all
 * at once, most would be given up, though the service answers each within milliseconds.
 *
 * @returns the client
 */
export function fewAtOnce<Client extends AwsClient>(client: Client): Client {
  let running = 0;
  const waiting: (() => void)[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      if (running < atOnceMost) running += 1;
      // Whoever ends leaves its place to the next.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await next(args);
      } finally {
        const first = waiting.shift();
        if (first) first();
        else running -= 1;
      }
    },
    { step: 'initialize', name: 'fewAtOnce' },
  );
  return client;
}
