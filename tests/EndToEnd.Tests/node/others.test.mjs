import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, connect, received } from './support.mjs';

test('embeddings: the client asks for base64 and gives numbers', async () => {
  const { client, mark } = connect();
  const { data, model, usage } = await client.embeddings.create({ model: 'chat-embed', input: ['one', 'two'], dimensions: 5 });

  assert.equal(model, 'chat-embed');
  assert.deepEqual(data.map((e) => [e.index, e.embedding.length, typeof e.embedding[0]]), [[0, 5, 'number'], [1, 5, 'number']]);
  assert.equal(usage.total_tokens, 2);
  assert.equal((await received(mark))[0].body.encoding_format, 'base64');
});

test('embeddings: float is the same, base64 stays text', async () => {
  const { client } = connect();
  const byDefault = (await client.embeddings.create({ model: 'chat-embed', input: 'one' })).data[0].embedding;
  const asFloat = (await client.embeddings.create({ model: 'chat-embed', input: 'one', encoding_format: 'float' })).data[0].embedding;
  const asText = (await client.embeddings.create({ model: 'chat-embed', input: 'one', encoding_format: 'base64' })).data[0].embedding;

  assert.deepEqual([...Float32Array.from(asFloat)], [...byDefault]);
  assert.equal(typeof asText, 'string');
});

test('images: whole', async () => {
  const { client } = connect();
  const bytes = await client.images.generate({ model: 'chat-image', prompt: 'A cat' });
  const urls = await client.images.generate({ model: 'chat-image', prompt: 'A cat', n: 2, response_format: 'url' });

  assert.match(bytes.data[0].b64_json, /^iVBOR/);
  assert.equal(urls.data.length, 2);
  assert.match(urls.data[1].url, /^https:\/\/images\.upstream\.example/);
});

test('images: streamed', async () => {
  const { client } = connect();
  const events = await collect(await client.images.generate({ model: 'chat-image', prompt: 'A cat', stream: true, partial_images: 2 }));

  assert.deepEqual(events.map((e) => e.type), ['image_generation.partial_image', 'image_generation.partial_image', 'image_generation.completed']);
  assert.deepEqual(events.map((e) => e.partial_image_index), [0, 1, undefined]);
});

test('models: listed and retrieved', async () => {
  const { client } = connect();
  const models = await collect(client.models.list());
  const one = await client.models.retrieve('chat-text');

  assert.ok(models.some((m) => m.id === 'chat-text' && m.object === 'model'));
  assert.deepEqual([one.id, one.object, one.owned_by], ['chat-text', 'model', 'chat']);
});
