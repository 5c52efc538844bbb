import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, connect } from './support.mjs';

test('conversations: created, retrieved, updated, deleted', async () => {
  const { client } = connect();
  const made = await client.conversations.create({ metadata: { topic: 'demo' }, items: [{ type: 'message', role: 'user', content: 'Hello!' }] });
  assert.match(made.id, /^conv_/);
  assert.deepEqual([made.object, made.metadata], ['conversation', { topic: 'demo' }]);

  assert.deepEqual(await client.conversations.retrieve(made.id), made);
  assert.deepEqual((await client.conversations.update(made.id, { metadata: { topic: 'other' } })).metadata, { topic: 'other' });
  assert.deepEqual(await client.conversations.delete(made.id), { id: made.id, object: 'conversation.deleted', deleted: true });
  await assert.rejects(client.conversations.retrieve(made.id), (e) => e.status === 404 && e.type === 'invalid_request_error');
});

test('conversations: without anything said', async () => {
  const { client } = connect();
  assert.deepEqual((await client.conversations.create()).metadata, {});
});

test('conversation items: created, listed by pages, retrieved, deleted', async () => {
  const { client } = connect();
  const { id } = await client.conversations.create();
  const items = Array.from({ length: 12 }, (_, n) => ({ type: 'message', role: n % 2 ? 'assistant' : 'user', content: `text ${n}` }));
  const created = await client.conversations.items.create(id, { items });
  assert.equal(created.data.length, 12);
  assert.ok(created.data.every((item) => item.type === 'message' && item.status === 'completed'));
  assert.deepEqual(created.data[1].content, [{ type: 'output_text', text: 'text 1', annotations: [], logprobs: [] }]);

  // The client asks for page after page by itself.
  const ids = created.data.map((item) => item.id);
  assert.deepEqual((await collect(client.conversations.items.list(id, { limit: 5, order: 'asc' }))).map((item) => item.id), ids);
  assert.deepEqual((await collect(client.conversations.items.list(id, { limit: 7 }))).map((item) => item.id), ids.toReversed());

  assert.deepEqual(await client.conversations.items.retrieve(ids[0], { conversation_id: id }), created.data[0]);
  assert.equal((await client.conversations.items.delete(ids[0], { conversation_id: id })).id, id);
  await assert.rejects(client.conversations.items.retrieve(ids[0], { conversation_id: id }), (e) => e.status === 404);
});

test('conversation items: what is to be included', async () => {
  const { client } = connect();
  const { id } = await client.conversations.create({
    items: [{ type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/cat.png', detail: 'low' }] }],
  });
  const plain = await collect(client.conversations.items.list(id));
  const whole = await collect(client.conversations.items.list(id, { include: ['message.input_image.image_url'] }));

  assert.equal(plain[0].content[0].image_url, null);
  assert.equal(whole[0].content[0].image_url, 'https://example.com/cat.png');
});

test('conversations: wrong input names its parameter', async () => {
  const { client } = connect();
  await assert.rejects(
    client.conversations.create({ items: [{ type: 'message', role: 'nobody', content: 'x' }] }),
    (e) => e.status === 400 && e.param === 'items[0].role' && e.code === 'invalid_value',
  );
});
