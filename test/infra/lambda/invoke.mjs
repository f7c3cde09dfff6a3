// Runs in a process of its own, as Lambda's bootstrap would: imports the bundle named by the first argument, then
// answers each event that arrives. Prints how long the import took.
const start = performance.now();
const { handler } = await import(process.argv[2]);
process.send({ ready: performance.now() - start });
process.on('message', ({ event, remainingMs }) => {
  handler(event, { getRemainingTimeInMillis: () => remainingMs }).then(
    (response) => process.send({ response }),
    (error) => process.send({ error: String(error) }),
  );
});
