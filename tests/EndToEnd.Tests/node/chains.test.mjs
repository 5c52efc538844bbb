// Conversations of several turns: by the previous response, by a conversation, and compacted on the way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { collect, connect, kinds, received, responseTools, results } from './support.mjs';

const person = z.object({ name: z.string(), age: z.number().int() });
const tellText = (item) => item.content.map((part) => part.text).join('');

for (const kind of kinds) {
  test(`${kind}: a tool loop of three turns`, async () => {
    const { client, mark } = connect();
    const model = `${kind}-steps`;
    const names = [];
    let response = await client.responses.create({ model, input: 'Weather and time?', tools: responseTools });
    const ids = [response.id];
    while (response.output.some((item) => item.type === 'function_call')) {
      const [call] = response.output;
      names.push(call.name);
      const output = `${call.name}(${call.arguments})`;
      response = await client.responses.create({
        model,
        tools: responseTools,
        previous_response_id: response.id,
        input: [{ type: 'function_call_output', call_id: call.call_id, output }],
      });
      assert.equal(response.previous_response_id, ids.at(-1));
      ids.push(response.id);
    }

    assert.deepEqual(names, ['get_weather', 'get_time']);
    assert.equal(response.output_text, results);
    assert.equal(new Set(ids).size, 3);
    assert.equal((await received(mark)).length, 3);

    // A result for a call that was never made is refused.
    await assert.rejects(
      client.responses.create({ model, tools: responseTools, previous_response_id: response.id, input: [{ type: 'function_call_output', call_id: 'call_none', output: 'x' }] }),
      (e) => e.status === 400 && e.param === 'input' && /call_none/.test(e.message),
    );
  });

  test(`${kind}: the same, streamed`, async () => {
    const { client } = connect();
    const request = { model: `${kind}-steps`, tools: responseTools };
    let response = await client.responses.stream({ ...request, input: 'Weather and time?' }).finalResponse();
    for (const name of ['get_weather', 'get_time']) {
      const [call] = response.output;
      assert.equal(call.name, name);
      const input = [{ type: 'function_call_output', call_id: call.call_id, output: `${name}(${call.arguments})` }];
      response = await client.responses.stream({ ...request, previous_response_id: response.id, input }).finalResponse();
    }

    assert.equal(response.output_text, results);
  });

  test(`${kind}: structured output over a chain`, async () => {
    const { client } = connect();
    const model = `${kind}-people`;
    const text = { format: zodTextFormat(person, 'person') };
    const ada = await client.responses.parse({ model, text, input: 'Ada' });
    const bob = await client.responses.parse({ model, text, input: 'Bob', previous_response_id: ada.id });
    const eve = await client.responses.stream({ model, text, input: 'Eve', previous_response_id: bob.id }).finalResponse();
    const all = await client.responses.create({ model, input: 'Who was there?', previous_response_id: eve.id });

    assert.deepEqual([ada, bob, eve].map((response) => response.output_parsed), [
      { name: 'Ada', age: 1 },
      { name: 'Bob', age: 2 },
      { name: 'Eve', age: 3 },
    ]);
    assert.deepEqual([bob.text.format.name, bob.text.format.type, bob.previous_response_id], ['person', 'json_schema', ada.id]);
    assert.equal(all.text.format.type, 'text');
    assert.equal(
      all.output_text,
      'I recall: Ada / {"name":"Ada","age":1} / Bob / {"name":"Bob","age":2} / Eve / {"name":"Eve","age":3} / Who was there?',
    );
  });

  test(`${kind}: input items, page after page, the whole chain`, async () => {
    const { client } = connect();
    const model = `${kind}-recall`;
    const first = await client.responses.create({ model, input: [{ role: 'developer', content: 'Be kind.' }, { role: 'user', content: 'One' }] });
    const second = await client.responses.create({ model, input: 'Two', previous_response_id: first.id });
    const third = await client.responses.create({ model, input: 'Three', previous_response_id: second.id });
    const texts = ['Be kind.', 'One', first.output_text, 'Two', second.output_text, 'Three'];

    // The client asks for page after page by itself.
    const ascending = await collect(client.responses.inputItems.list(third.id, { limit: 2, order: 'asc' }));
    const descending = await collect(client.responses.inputItems.list(third.id, { limit: 4 }));

    assert.deepEqual(ascending.map(tellText), texts);
    assert.deepEqual(ascending.map((item) => item.role), ['developer', 'user', 'assistant', 'user', 'assistant', 'user']);
    assert.ok(ascending.every((item) => item.type === 'message' && item.status === 'completed'));
    assert.deepEqual(descending, ascending.toReversed());
    assert.equal(ascending[2].id, first.output[0].id);
    const page = await client.responses.inputItems.list(third.id, { order: 'asc', after: ascending[3].id, limit: 1 });
    assert.deepEqual([page.data, page.has_more], [[ascending[4]], true]);
    await assert.rejects(client.responses.inputItems.list('resp_none'), (e) => e.status === 404);
  });

  test(`${kind}: a deleted link breaks its chain`, async () => {
    const { client } = connect();
    const model = `${kind}-recall`;
    const first = await client.responses.create({ model, input: 'One' });
    const second = await client.responses.create({ model, input: 'Two', previous_response_id: first.id });
    await client.responses.delete(first.id);

    await assert.rejects(client.responses.create({ model, input: 'Three', previous_response_id: second.id }), (e) => e.code === 'previous_response_not_found' && e.param === 'previous_response_id');
    await assert.rejects(client.responses.retrieve(first.id), (e) => e.status === 404);
  });

  test(`${kind}: turns in a conversation`, async () => {
    const { client } = connect();
    const model = `${kind}-recall`;
    const { id } = await client.conversations.create({ items: [{ type: 'message', role: 'user', content: 'I am Ada.' }] });
    const first = await client.responses.create({ model, conversation: id, input: 'Who am I?' });
    const second = await client.responses.stream({ model, conversation: { id }, input: 'Sure?' }).finalResponse();

    assert.deepEqual([first.conversation, second.conversation], [{ id }, { id }]);
    assert.equal(first.output_text, 'I recall: I am Ada. / Who am I?');
    assert.equal(second.output_text, `I recall: I am Ada. / Who am I? / ${first.output_text} / Sure?`);
    const items = await collect(client.conversations.items.list(id, { order: 'asc', limit: 2 }));
    assert.deepEqual(items.map(tellText), ['I am Ada.', 'Who am I?', first.output_text, 'Sure?', second.output_text]);
    assert.equal(items[4].id, second.output[0].id);
  });

  test(`${kind}: compacted, and gone on from`, async () => {
    const { client, mark } = connect();
    const model = `${kind}-recall`;
    const first = await client.responses.create({ model, input: 'I am Ada.' });
    const second = await client.responses.create({ model, input: 'Remember it.', previous_response_id: first.id });
    const compacted = await client.responses.compact({ model, previous_response_id: second.id, input: [{ role: 'user', content: 'And this.' }] });

    assert.deepEqual([compacted.object, compacted.output.map((item) => item.type)], ['response.compaction', ['message', 'message', 'message', 'compaction']]);
    assert.deepEqual(compacted.output.slice(0, 3).map(tellText), ['I am Ada.', 'Remember it.', 'And this.']);
    assert.match(compacted.output[3].encrypted_content, /^aigw1\./);
    assert.equal(compacted.usage.total_tokens, 17);

    const next = await client.responses.create({ model, input: [...compacted.output, { role: 'user', content: 'Who am I?' }] });
    const after = await client.responses.create({ model, input: 'Sure?', previous_response_id: next.id });

    const summary = (await received(mark))[3].body;
    assert.match(next.output_text, /^I recall: I am Ada\. \/ Remember it\. \/ And this\. \/ This is a summary .* \/ Who am I\?$/s);
    assert.ok(next.output_text.includes('I recall: I am Ada.'), 'what the model made of it');
    assert.equal(after.output_text, `${next.output_text} / ${next.output_text} / Sure?`);
    assert.ok(!JSON.stringify(summary).includes('aigw1.'));

    const [forged] = compacted.output.slice(3);
    const changed = { ...forged, encrypted_content: `${forged.encrypted_content.slice(0, -6)}AAAAAA` };
    await assert.rejects(client.responses.create({ model, input: [changed, { role: 'user', content: 'x' }] }), (e) => e.status === 400 && e.code === 'invalid_encrypted_content');
  });
}
