import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { chatTools, collect, connect, kinds, text, user } from './support.mjs';

for (const kind of kinds) {
  test(`${kind}: a completion is kept, found, changed, deleted`, async () => {
    const { client } = connect();
    const made = await client.chat.completions.create({ model: `${kind}-text`, messages: user('Hi'), store: true, metadata: { kind } });
    const kept = await client.chat.completions.retrieve(made.id);
    assert.equal(kept.choices[0].message.content, text);
    assert.deepEqual([kept.id, kept.model, kept.metadata], [made.id, `${kind}-text`, { kind }]);

    const messages = await collect(client.chat.completions.messages.list(made.id));
    assert.deepEqual(messages.map((m) => [m.role, m.content]), [['user', 'Hi']]);

    assert.deepEqual((await client.chat.completions.update(made.id, { metadata: { other: 'x' } })).metadata, { other: 'x' });
    assert.deepEqual(await client.chat.completions.delete(made.id), { object: 'chat.completion.deleted', id: made.id, deleted: true });
    await assert.rejects(client.chat.completions.retrieve(made.id), (e) => e.status === 404);
  });

  test(`${kind}: a stream is kept as the client adds it up`, async () => {
    const { client } = connect();
    const stream = client.chat.completions.stream({ model: `${kind}-tools`, messages: user('Weather?'), tools: chatTools, store: true });
    const summed = await stream.finalChatCompletion();
    const kept = await client.chat.completions.retrieve(summed.id);

    const calls = (completion) => completion.choices[0].message.tool_calls.map((c) => [c.id, c.type, c.function.name, c.function.arguments]);
    assert.deepEqual(calls(kept), calls(summed));
    assert.equal(kept.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(kept.tools, chatTools);
    assert.ok(kept.usage.total_tokens > 0);
  });
}

test('completions are listed by pages and by their metadata', async () => {
  const { client } = connect();
  const mark = randomUUID();
  const ids = [];
  for (let n = 0; n < 5; n++) {
    ids.push((await client.chat.completions.create({ model: 'chat-text', messages: user(`${n}`), store: true, metadata: { mark, n: `${n}` } })).id);
  }

  const listed = async (query) => (await collect(client.chat.completions.list(query))).map((completion) => completion.id);
  assert.deepEqual(await listed({ metadata: { mark }, limit: 2 }), ids);
  assert.deepEqual(await listed({ metadata: { mark }, limit: 2, order: 'desc' }), ids.toReversed());
  assert.deepEqual(await listed({ metadata: { mark, n: '3' } }), [ids[3]]);
  assert.deepEqual(await listed({ metadata: { mark }, model: 'native-text' }), []);
});

test('a completion that nobody wants kept is not', async () => {
  const { client } = connect();
  const { id } = await client.chat.completions.create({ model: 'chat-text', messages: user('Hi') });
  await assert.rejects(client.chat.completions.retrieve(id), (e) => e.status === 404);
});
