// Keys and limits as OpenAI's client sees them: its own error classes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { connect, user } from './support.mjs';

const ask = { model: 'demo', messages: user('Hello!') };

test('a wrong key is an AuthenticationError', async () => {
  const { client } = connect({ apiKey: 'sk-wrong-0123456789abcdef' });

  await assert.rejects(client.chat.completions.create(ask), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.status, 401);
    assert.equal(error.code, 'invalid_api_key');
    return true;
  });
});

test('a limit is a RateLimitError with its headers', async () => {
  const { client } = connect({ apiKey: 'sk-limited-0123456789abcdef' });
  const { response } = await client.chat.completions.create(ask).withResponse();
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '0');

  await assert.rejects(client.chat.completions.create(ask), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.ok(Number(error.headers.get('retry-after')) > 0);
    return true;
  });
});

test('a budget that is used up is not tried again', async () => {
  const { client } = connect({ apiKey: 'sk-broke-0123456789abcdef', maxRetries: 5 });

  await assert.rejects(client.responses.create({ model: 'demo', input: 'Hello!' }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, 'insufficient_quota');
    assert.equal(error.type, 'insufficient_quota');
    return true;
  });
});
