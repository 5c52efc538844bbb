using System.Diagnostics.Metrics;
using AiGateway.Telemetry.Prometheus;

namespace AiGateway.AspNetCore.Tests.Telemetry;

/// <summary>Every kind of instrument, as Prometheus reads it.</summary>
public sealed class PrometheusGatheringTests
{
    [Fact]
    public void Every_kind_of_instrument_is_told_as_what_it_is()
    {
        using var meter = new Meter("test");
        using var other = new Meter("test");
        using var gathering = new PrometheusGathering(included => included == meter);
        var counter = meter.CreateCounter<int>("a.counter", null, "C.");
        counter.Add(2, new KeyValuePair<string, object?>("a-b.c", "x"));
        counter.Add(3, new KeyValuePair<string, object?>("a-b.c", "x"));
        var level = meter.CreateUpDownCounter<short>("b-level", null, "L.");
        level.Add(5);
        level.Add(-2);
        var gauge = meter.CreateGauge<float>("c.gauge", "s", "G.");
        gauge.Record(9);
        gauge.Record(0.5f);
        var buckets = meter.CreateHistogram("d.histogram", "s", "H.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        buckets.Record(0.5);
        buckets.Record(1.5);
        buckets.Record(7);
        meter.CreateHistogram<decimal>("e.summary", null, "S.").Record(1.5m);
        meter.CreateObservableCounter("f.seen", () => 8L, null, "O.");
        meter.CreateObservableUpDownCounter("g.level", () => (byte)4, null, "U.");
        meter.CreateObservableGauge("h.gauge", () => 3.5, null, "Q.");
        other.CreateCounter<int>("z.other").Add(1);

        Assert.Equal(
            """
            # HELP a_counter_total C.
            # TYPE a_counter_total counter
            a_counter_total{a_b_c="x"} 5
            # HELP b_level L.
            # TYPE b_level gauge
            b_level 3
            # HELP c_gauge_seconds G.
            # TYPE c_gauge_seconds gauge
            c_gauge_seconds 0.5
            # HELP d_histogram_seconds H.
            # TYPE d_histogram_seconds histogram
            d_histogram_seconds_bucket{le="1"} 1
            d_histogram_seconds_bucket{le="2"} 2
            d_histogram_seconds_bucket{le="+Inf"} 3
            d_histogram_seconds_sum 9
            d_histogram_seconds_count 3
            # HELP e_summary S.
            # TYPE e_summary summary
            e_summary_sum 1.5
            e_summary_count 1
            # HELP f_seen_total O.
            # TYPE f_seen_total counter
            f_seen_total 8
            # HELP g_level U.
            # TYPE g_level gauge
            g_level 4
            # HELP h_gauge Q.
            # TYPE h_gauge gauge
            h_gauge 3.5

            """.ReplaceLineEndings("\n"),
            gathering.Render());

        // What is gone is not told of.
        meter.Dispose();
        Assert.Empty(gathering.Render());
    }
}
