// The built-in model, nothing configured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { chatTools, connect, user } from './support.mjs';

const model = 'demo';
const { client } = connect();

test('chat, whole and by the stream helper', async () => {
  const whole = await client.chat.completions.create({ model, messages: user('Hello there') });
  const streamed = await client.chat.completions.stream({ model, messages: user('Hello there') }).finalContent();

  assert.match(whole.choices[0].message.content, /Hello there/);
  assert.equal(streamed, whole.choices[0].message.content);
});

test('runTools goes round', async () => {
  const { name, parameters } = chatTools[0].function;
  const run = { name, parameters, parse: JSON.parse, function: () => '21 degrees' };
  const runner = client.chat.completions.runTools({ model, messages: user('Weather in Paris?'), stream: true, tools: [{ type: 'function', function: run }] });

  assert.match(await runner.finalContent(), /21 degrees/);
});

test('responses by the stream helper, and going on', async () => {
  const first = await client.responses.stream({ model, input: 'Hello there' }).finalResponse();
  const next = await client.responses.create({ model, input: 'Again', previous_response_id: first.id });

  assert.match(first.output_text, /Hello there/);
  assert.equal(next.status, 'completed');
});

test('structured output fits its schema', async () => {
  const person = z.object({ name: z.string(), age: z.number().int() });
  const response = await client.responses.parse({ model, input: 'Who?', text: { format: zodTextFormat(person, 'person') } });

  assert.deepEqual(Object.keys(response.output_parsed), ['name', 'age']);
});

test('embeddings and images', async () => {
  const { data } = await client.embeddings.create({ model, input: 'Hello' });
  const image = await client.images.generate({ model, prompt: 'A cat', response_format: 'b64_json' });

  assert.ok(data[0].embedding.length > 0);
  assert.match(image.data[0].b64_json, /^iVBOR/);
});
