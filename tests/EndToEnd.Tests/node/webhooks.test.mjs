// What the gateway posted to a webhook is what OpenAI's client takes for one of OpenAI's. The receiver keeps it and tells it here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { connect } from './support.mjs';

const secret = 'whsec_d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Rz';

test('the client unwraps a delivery', async () => {
  const { client } = connect();
  const response = await client.responses.create({ model: 'demo', input: 'Hello!', background: true });
  const { body, headers } = await delivered(response.id);

  const event = await client.webhooks.unwrap(body, headers, secret);

  assert.equal(event.type, 'response.completed');
  assert.equal(event.object, 'event');
  assert.match(event.id, /^evt_/);
  assert.equal(event.data.id, response.id);
  assert.ok(Math.abs(Date.now() / 1000 - event.created_at) < 60);
  assert.equal((await client.responses.retrieve(event.data.id)).output_text, 'You said: Hello!');

  const forged = (changed, by = secret) => assert.rejects(client.webhooks.unwrap(changed, headers, by), OpenAI.InvalidWebhookSignatureError);
  await forged(body.replace('completed', 'cancelled'));
  await forged(body, `whsec_${Buffer.from('another').toString('base64')}`);
});

async function delivered(id) {
  const late = AbortSignal.timeout(20_000);
  for (;;) {
    const answer = await fetch(`${process.env.UPSTREAM_URL}/delivered/${id}`, { signal: late });
    if (answer.ok) return answer.json();
    await answer.text();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
