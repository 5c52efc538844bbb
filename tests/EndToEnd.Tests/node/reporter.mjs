// One line of JSON for each test, for the .NET test that started the run.
export default async function* reporter(events) {
  for await (const { type, data } of events) {
    // A file that cannot be loaded says why only there.
    if (type === 'test:stderr') process.stderr.write(data.message);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    yield `${JSON.stringify({
      name: data.name,
      passed: type === 'test:pass',
      skipped: data.skip !== undefined && data.skip !== false,
      failure: type === 'test:fail' ? String(cause?.stack ?? cause ?? 'no reason given') : null,
    })}\n`;
  }
}
