// With `ReasoningEvents: openai`. Newer versions of the client (6.46 and 7.57 at least) throw in their stream helper at any event whose
// name they do not know, those of Open Responses for raw reasoning included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accumulates } from './accumulation.mjs';
import { connect, kinds } from './support.mjs';

for (const kind of kinds) {
  test(`${kind}: the stream helper accumulates raw reasoning`, () => accumulates(`${kind}-thinking`));

  test(`${kind}: the stream helper hands raw reasoning on`, async () => {
    const { client } = connect();
    let thought = '';
    const response = await client.responses
      .stream({ model: `${kind}-thinking`, input: '2+2?' })
      .on('response.reasoning_text.delta', (event) => (thought += event.delta))
      .finalResponse();

    assert.equal(thought, 'Two and two make four.');
    assert.equal(response.output_text, '4');
  });
}
