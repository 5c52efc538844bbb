import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { aborted, arrived, collect, connect, kinds, received, text, user } from './support.mjs';

const failures = [
  ['denied', OpenAI.AuthenticationError, 401, 'invalid_api_key'],
  ['absent', OpenAI.NotFoundError, 404, 'model_not_found'],
  ['busy', OpenAI.RateLimitError, 429, 'rate_limit_exceeded'],
  ['broken', OpenAI.InternalServerError, 500, null],
];

for (const kind of kinds) {
  for (const [scenario, Class, status, code] of failures) {
    test(`${kind}: ${status} is a ${Class.name}`, async () => {
      const { client } = connect();
      const model = `${kind}-${scenario}`;
      const calls = [
        () => client.chat.completions.create({ model, messages: user('Hi') }),
        () => client.chat.completions.create({ model, messages: user('Hi'), stream: true }),
        () => client.responses.create({ model, input: 'Hi' }),
        () => client.responses.create({ model, input: 'Hi', stream: true }),
      ];
      for (const call of calls) {
        await assert.rejects(call, (error) => {
          assert.ok(error instanceof Class, `${error.constructor.name}: ${error.message}`);
          assert.equal(error.status, status);
          assert.equal(error.code ?? null, code);
          assert.match(error.requestID, /^req_/);
          if (status === 429) assert.equal(error.headers.get('retry-after'), '7');
          return true;
        });
      }
    });
  }

  test(`${kind}: waits as long as the provider says, and tries again`, async () => {
    const { client, mark } = connect({ maxRetries: 2 });
    const began = performance.now();
    const completion = await client.chat.completions.create({ model: `${kind}-flaky`, messages: user('Hi') });

    assert.equal(completion.choices[0].message.content, text);
    assert.equal((await received(mark)).length, 2);
    assert.ok(performance.now() - began >= 950);
  });

  test(`${kind}: an error in mid-stream is thrown by a chat stream`, async () => {
    const { client } = connect();
    const seen = [];
    await assert.rejects(async () => {
      for await (const chunk of await client.chat.completions.create({ model: `${kind}-failing`, messages: user('Hi'), stream: true })) {
        seen.push(chunk.choices[0]?.delta.content ?? '');
      }
    }, (error) => error instanceof OpenAI.APIError && /The model crashed/.test(error.message));
    assert.match(seen.join(''), /^Hello/);
  });

  test(`${kind}: an error in mid-stream is thrown by the chat stream helper`, async () => {
    const { client } = connect();
    await assert.rejects(
      client.chat.completions.stream({ model: `${kind}-failing`, messages: user('Hi') }).finalContent(),
      (error) => error instanceof OpenAI.OpenAIError && /The model crashed/.test(error.message),
    );
  });

  test(`${kind}: a connection lost in mid-stream is thrown by a chat stream`, async () => {
    const { client } = connect();
    await assert.rejects(
      async () => collect(await client.chat.completions.create({ model: `${kind}-lost`, messages: user('Hi'), stream: true })),
      OpenAI.APIError,
    );
  });

  for (const [scenario, message] of [['failing', /The model crashed/], ['lost', /./]]) {
    test(`${kind}: ${scenario} in mid-stream is thrown by a responses stream`, async () => {
      const { client } = connect();
      const seen = [];
      await assert.rejects(
        async () => {
          for await (const event of await client.responses.create({ model: `${kind}-${scenario}`, input: 'Hi', stream: true })) seen.push(event.type);
        },
        (error) => error instanceof OpenAI.APIError && message.test(error.message),
      );
      assert.ok(seen.includes('response.output_text.delta'));
      assert.ok(!seen.includes('response.completed'));
    });

    test(`${kind}: ${scenario} in mid-stream is thrown by the responses stream helper`, async () => {
      const { client } = connect();
      await assert.rejects(
        client.responses.stream({ model: `${kind}-${scenario}`, input: 'Hi' }).finalResponse(),
        (error) => error instanceof OpenAI.OpenAIError && message.test(error.message),
      );
    });
  }

  test(`${kind}: leaving a chat stream ends the call upstream`, async () => {
    const { client, mark } = connect();
    const stream = await client.chat.completions.create({ model: `${kind}-endless`, messages: user('Hi'), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await aborted(mark);
  });

  test(`${kind}: aborting a chat stream ends the call upstream`, async () => {
    const { client, mark } = connect();
    const leaves = new AbortController();
    const stream = await client.chat.completions.create({ model: `${kind}-endless`, messages: user('Hi'), stream: true }, { signal: leaves.signal });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) leaves.abort();
    await aborted(mark);
  });

  test(`${kind}: aborting the responses stream helper ends the call upstream`, async () => {
    const { client, mark } = connect();
    const stream = client.responses.stream({ model: `${kind}-endless`, input: 'Hi' });
    stream.on('response.output_text.delta', () => stream.abort());
    await assert.rejects(stream.done(), OpenAI.APIUserAbortError);
    await aborted(mark);
  });

  test(`${kind}: aborting what is not answered yet ends the call upstream`, async () => {
    const { client, mark } = connect();
    const leaves = new AbortController();
    const answer = client.responses.create({ model: `${kind}-mute`, input: 'Hi' }, { signal: leaves.signal });
    const rejected = assert.rejects(answer, OpenAI.APIUserAbortError);
    await arrived(mark);
    leaves.abort();
    await rejected;
    await aborted(mark);
  });
}

test('a bad request names its parameter', async () => {
  const { client } = connect();
  await assert.rejects(client.responses.create({ model: 'chat-text', input: [{ role: 'nobody', content: 'Hi' }] }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.param, /^input\[0\]/);
    return true;
  });
});

test('a model that nobody serves is a NotFoundError', async () => {
  const { client } = connect();
  await assert.rejects(client.chat.completions.create({ model: 'nobody', messages: user('Hi') }), OpenAI.NotFoundError);
  await assert.rejects(client.models.retrieve('nobody'), OpenAI.NotFoundError);
});
