using System.Globalization;
using System.Runtime.ExceptionServices;
using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Routing.Health;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace AiGateway.Routing.Failover;

/// <summary>
/// Takes a call along its model's routes until one gives an answer. (1) Order the routes; (2) prepare the request for the next one, from nothing but the
/// client's own; (3) send it under the provider's breaker, and wait for the first byte of an answer, or for all of one that is not streamed; (4) where that failed,
/// and another attempt can do no harm, go on with the next route; (5) after the last, pause and begin again, as often as configured. Once it gives an answer, nothing is tried again.
/// </summary>
internal sealed partial class RouteFailover(GatewayConfiguration configuration, TimeProvider time, ILogger<RouteFailover> logger)
{
    /// <summary>Takes a call along its routes.</summary>
    /// <param name="plan">Where it can go.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The answer, a successful one.</returns>
    /// <exception cref="GatewayException">No route gave one: the last one's error; 503 <c>provider_unavailable</c> where none may be called now.</exception>
    public async ValueTask<Served> SendAsync(RoutePlan plan, IRouteRequest request, CancellationToken cancellationToken)
    {
        var work = new Work(this, plan, request);
        var round = plan.Model.Balance!.Rounds is { } rounds
            ? await rounds.ExecuteAsync(static (work, token) => work.Owner.RoundAsync(work, token), work, cancellationToken)
            : await RoundAsync(work, cancellationToken);
        if (round.Error is { } error)
            ExceptionDispatchInfo.Throw(error);
        return round.Served!.Value;
    }

    private async ValueTask<Round> RoundAsync(Work work, CancellationToken cancellationToken)
    {
        var balance = work.Plan.Model.Balance!;
        var tally = new Tally();
        foreach (var route in balance.Order(work.Plan.Model.Routes, work.Plan.Api, work.Plan.Preferred))
        {
            // What asked for a pause gets it, as long as this call knows of it.
            if (work.IsAgain && route.Stats!.RestsUntil - time.GetUtcNow() is { Ticks: > 0 } rest)
            {
                tally.Rested(rest);
                continue;
            }

            ProviderCall call;
            try
            {
                call = await work.Request.PrepareAsync(route, cancellationToken);
            }
            catch (GatewayException e) when (e is not ProviderException)
            {
                tally.Refused(e);
                continue;
            }

            if (await work.Request.EnterAsync(route, cancellationToken) is { } full)
            {
                tally.Full(new GatewayException(full), Failures.RetryAfter(full, time.GetUtcNow()));
                continue;
            }

            var outcome = await route.State!.GuardAsync(
                static (attempt, token) => attempt.Work.Owner.AttemptAsync(attempt.Route, attempt.Call, attempt.Work.Request, token),
                (Work: work, Route: route, Call: call),
                cancellationToken);
            if (outcome.Exception is BrokenCircuitException)
            {
                tally.Open(route.State.OpensIn(time.GetUtcNow()));
                continue;
            }

            if (outcome.Result is { IsSuccess: true } answer)
            {
                if (answer.Body is not WholeBody)
                    work.Request.Began(new AnswerVerdict(route.State));
                return new Round(new Served(route, call, answer), null, false, null);
            }

            var (error, kind) = await ReadFailureAsync(route, outcome, cancellationToken);
            if (outcome.Exception is null || kind == FailureKind.DidNotRun)
                work.Request.Refused();
            LogFailed(work.Request.Id, route.State.Name, error.Error.Status, LogText.Of(error.Error.Code));
            Rest(route, error.Error, tally);
            tally.Failed(error);
            if (kind == FailureKind.Final || (kind == FailureKind.MayHaveRun && !work.Request.MayRunTwice))
                return new Round(null, error, false, null);
        }

        work.IsAgain = true;
        return tally.ToRound();
    }

    // No exception leaves it: the breaker is to see what happened, and it is not to be thrown through all of its layers.
    private async ValueTask<Outcome<ProviderAnswer>> AttemptAsync(Route route, ProviderCall call, IRouteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            request.Sending(route, call);
            var answer = await route.State!.SendAsync(call, route.Stats, cancellationToken);
            return Outcome.FromResult(answer.IsSuccess ? await BeginAsync(answer, route.Provider.Options, request.MayRunTwice, cancellationToken) : answer);
        }
        catch (Exception e)
        {
            return Outcome.FromException<ProviderAnswer>(e);
        }
    }

    // Throws where it is no answer and may be asked for again.
    private async ValueTask<ProviderAnswer> BeginAsync(ProviderAnswer answer, ProviderOptions provider, bool mayRunTwice, CancellationToken cancellationToken)
    {
        Stream body;
        if (answer.IsEventStream)
        {
            var begun = await BegunBody.BeginAsync(answer, configuration.Current.HeartbeatInterval, time, cancellationToken);
            if (FailureOf(begun, provider, mayRunTwice) is { } failure)
            {
                await begun.DisposeAsync();
                ExceptionDispatchInfo.Throw(failure);
            }

            body = begun;
        }
        else if (mayRunTwice)
        {
            body = await ReadWholeAsync(answer, cancellationToken);
        }
        else
        {
            return answer;
        }

        return new ProviderAnswer(answer.Status, answer.ContentType, body)
        {
            ContentLength = answer.ContentLength,
            Headers = answer.Headers,
            RetryAfter = answer.RetryAfter,
            CacheControl = answer.CacheControl,
        };
    }

    // Why a stream that began is none that the client should get; null where it should, be it to hear of an error that is its own or cannot be mended.
    private static Exception? FailureOf(BegunBody begun, ProviderOptions provider, bool mayRunTwice)
    {
        if (begun.Broke is { } broke)
            return mayRunTwice || broke is not ProviderException ? broke : null;
        if (begun.Error is not { } fields)
            return null;
        var report = new ReportedException(ProviderErrors.FromFields(fields, provider));
        return Failures.OfReport(report.Error.Status) switch
        {
            FailureKind.DidNotRun => report,
            FailureKind.MayHaveRun when mayRunTwice => report,
            _ => null,
        };
    }

    private static async ValueTask<WholeBody> ReadWholeAsync(ProviderAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            return new WholeBody(await answer.ReadToEndAsync(BodyReading.MaxAnswerBytes, cancellationToken), answer);
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<(GatewayException Error, FailureKind Kind)> ReadFailureAsync(
        Route route, Outcome<ProviderAnswer> outcome, CancellationToken cancellationToken)
    {
        switch (outcome.Exception)
        {
            case null:
                await using (var answer = outcome.Result!)
                {
                    var error = await ProviderErrors.FromAnswerAsync(answer, route.Provider.Options, cancellationToken);
                    return (new GatewayException(error), Failures.OfStatus(answer.Status));
                }

            case ProviderException e:
                return (e, Failures.Of(e.Failure));
            case ReportedException e:
                return (e, Failures.OfReport(e.Error.Status));
            case var e:
                // The client left, or a bug: not for another attempt.
                ExceptionDispatchInfo.Throw(e);
                throw e;
        }
    }

    private void Rest(Route route, GatewayError error, Tally tally)
    {
        var now = time.GetUtcNow();
        var wait = error.Status is 429 or 503 ? Failures.RetryAfter(error, now) : null;
        tally.Waits(wait);
        if (wait is { Ticks: > 0 } rest)
            route.Stats!.Rest(now + rest);
    }

    [LoggerMessage(1401, LogLevel.Warning, "Request {RequestId}: provider {Provider} failed with {Status} {Code}.")]
    private partial void LogFailed(string requestId, string provider, int status, string? code);

    private sealed class Work(RouteFailover owner, RoutePlan plan, IRouteRequest request)
    {
        public RouteFailover Owner => owner;

        public RoutePlan Plan => plan;

        public IRouteRequest Request => request;

        /// <summary>Whether every route was tried once.</summary>
        public bool IsAgain { get; set; }
    }

    // What a round's routes said, without an answer among it.
    private sealed class Tally
    {
        private GatewayException? _failed;
        private GatewayException? _refused;
        private TimeSpan? _opens;
        private TimeSpan? _least;
        private bool _isAnyReady;

        public void Failed(GatewayException error) => _failed = error;

        public void Refused(GatewayException error) => _refused ??= error;

        public void Open(TimeSpan opensIn)
        {
            _opens = _opens < opensIn ? _opens : opensIn;
            Waits(opensIn);
        }

        public void Rested(TimeSpan rest) => Waits(rest);

        public void Full(GatewayException error, TimeSpan? wait)
        {
            _failed ??= error;
            Waits(wait ?? TimeSpan.Zero);
        }

        public void Waits(TimeSpan? wait)
        {
            if (wait is null)
                _isAnyReady = true;
            else if (_least is null || wait < _least)
                _least = wait;
        }

        public Round ToRound()
        {
            var wait = _isAnyReady ? null : _least;
            if (_failed is not null)
                return new Round(null, _failed, true, wait);
            return _opens is { } opens || _refused is null
                ? new Round(null, new GatewayException(Unavailable(_opens ?? _least ?? TimeSpan.Zero)), true, wait)
                : new Round(null, _refused, false, null);
        }

        private static GatewayError Unavailable(TimeSpan wait) => GatewayErrors.ProviderUnavailable(
            Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
    }
}
