import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { chatTools, collect, connect, kinds, received, results, text, user } from './support.mjs';

const person = z.object({ name: z.string(), age: z.number().int() });

for (const kind of kinds) {
  test(`${kind}: answers`, async () => {
    const { client, mark } = connect();
    const { data, response } = await client.chat.completions
      .create({ model: `${kind}-text`, messages: user('Hi'), temperature: 0.5, max_completion_tokens: 77 })
      .withResponse();

    assert.equal(data.object, 'chat.completion');
    assert.equal(data.model, `${kind}-text`);
    assert.match(data.id, /^chatcmpl-/);
    assert.equal(data.choices.length, 1);
    assert.equal(data.choices[0].message.content, text);
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.deepEqual([data.usage.prompt_tokens, data.usage.completion_tokens, data.usage.total_tokens], [12, 5, 17]);
    assert.match(response.headers.get('x-request-id'), /^req_/);
    const [{ body }] = await received(mark);
    assert.equal(body.temperature, 0.5);
    assert.equal(body.max_completion_tokens ?? body.max_output_tokens, 77);
  });

  test(`${kind}: streams, without usage unless asked for`, async () => {
    const { client } = connect();
    const chunks = await collect(await client.chat.completions.create({ model: `${kind}-text`, messages: user('Hi'), stream: true }));

    assert.equal(chunks.map((c) => c.choices[0]?.delta.content ?? '').join(''), text);
    assert.ok(chunks.length >= 5);
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    assert.ok(chunks.every((c) => !c.usage && c.model === `${kind}-text` && c.object === 'chat.completion.chunk' && c.id === chunks[0].id));
  });

  test(`${kind}: streams usage where asked for`, async () => {
    const { client } = connect();
    const chunks = await collect(
      await client.chat.completions.create({ model: `${kind}-text`, messages: user('Hi'), stream: true, stream_options: { include_usage: true } }),
    );

    assert.deepEqual(chunks.at(-1).choices, []);
    assert.equal(chunks.at(-1).usage.total_tokens, 17);
    assert.equal(chunks.filter((c) => c.usage).length, 1);
  });

  test(`${kind}: the stream helper accumulates`, async () => {
    const { client } = connect();
    const stream = client.chat.completions.stream({ model: `${kind}-text`, messages: user('Hi'), stream_options: { include_usage: true } });
    const deltas = [];
    stream.on('content', (delta) => deltas.push(delta));

    assert.equal(await stream.finalContent(), text);
    assert.deepEqual(deltas, ['Hello', ' from', ' the', ' model.']);
    assert.equal((await stream.totalUsage()).total_tokens, 17);
    assert.equal((await stream.finalChatCompletion()).choices[0].finish_reason, 'stop');
  });

  test(`${kind}: the stream helper accumulates parallel tool calls`, async () => {
    const { client } = connect();
    const completion = await client.chat.completions
      .stream({ model: `${kind}-tools`, messages: user('Weather and time?'), tools: chatTools })
      .finalChatCompletion();

    assert.equal(completion.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(
      completion.choices[0].message.tool_calls.map((c) => [c.id, c.type, c.function.name, c.function.arguments]),
      [
        ['call_weather', 'function', 'get_weather', '{"city":"Paris"}'],
        ['call_clock', 'function', 'get_time', '{"zone":"Europe/Paris"}'],
      ],
    );
  });

  for (const stream of [false, true]) {
    test(`${kind}: runTools goes round${stream ? ', streamed' : ''}`, async () => {
      const { client, mark } = connect();
      const runner = client.chat.completions.runTools({ model: `${kind}-tools`, messages: user('Weather and time?'), stream, tools: runnable() });

      assert.equal(await runner.finalContent(), results);
      assert.equal((await received(mark)).length, 2);
    });
  }

  test(`${kind}: structured output is parsed`, async () => {
    const { client } = connect();
    const completion = await client.chat.completions.parse({
      model: `${kind}-person`,
      messages: user('Who?'),
      response_format: zodResponseFormat(person, 'person'),
    });

    assert.deepEqual(completion.choices[0].message.parsed, { name: 'Ada', age: 36 });
  });

  test(`${kind}: a refusal is no content`, async () => {
    const { client } = connect();
    const { message } = (await client.chat.completions.create({ model: `${kind}-refusing`, messages: user('Do evil') })).choices[0];

    assert.equal(message.refusal, 'I cannot help with that.');
    assert.ok(!message.content);
  });

  test(`${kind}: raw reasoning reaches the client`, async () => {
    const { client } = connect();
    const { message } = (await client.chat.completions.create({ model: `${kind}-thinking`, messages: user('2+2?') })).choices[0];

    assert.equal(message.content, '4');
    assert.equal(message.reasoning_content, 'Two and two make four.');
  });
}

test('chat: a field that no API knows reaches the provider', async () => {
  const { client, mark } = connect();
  await client.chat.completions.create({ model: 'chat-text', messages: user('Hi'), top_k: 5, provider: { order: ['a'] } });

  const [{ body }] = await received(mark);
  assert.equal(body.top_k, 5);
  assert.deepEqual(body.provider, { order: ['a'] });
});

function runnable() {
  return chatTools.map(({ function: { name, parameters } }) => ({
    type: 'function',
    function: { name, parameters, parse: JSON.parse, function: (args) => `${name}(${JSON.stringify(args)})` },
  }));
}
