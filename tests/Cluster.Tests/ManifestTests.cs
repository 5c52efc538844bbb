using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace AiGateway.Cluster.Tests;

/// <summary>
/// What k8s/ and docker-compose.yml describe, as far as it can be held against anything without an engine: the objects against Kubernetes' own schema (its client's models,
/// which refuse a field that they do not have), and against what docs/operations.md says of them.
/// </summary>
public sealed class ManifestTests
{
    private static readonly string Root = Programs.Root;
    private static readonly IReadOnlyList<object> Base = Load("k8s/base");
    private static readonly IReadOnlyList<object> Overlay = Load("k8s/overlays/example");

    // A drain is followed by closing, handing over and leaving (docs/operations.md).
    private const int BehindDrain = 20;

    [Fact]
    public void Every_object_is_one_that_kubernetes_knows()
    {
        Assert.Equal(
            [
                "Deployment aigateway-frontend", "Deployment aigateway-silo", "HorizontalPodAutoscaler aigateway-frontend", "NetworkPolicy aigateway-frontend", "NetworkPolicy aigateway-silo",
                "PodDisruptionBudget aigateway-frontend", "PodDisruptionBudget aigateway-silo", "Service aigateway", "ServiceAccount aigateway",
            ],
            Base.Cast<IKubernetesObject<V1ObjectMeta>>().Select(o => $"{o.Kind} {o.Metadata.Name}").Order(StringComparer.Ordinal));
        Assert.Contains(Overlay, o => o is V1StatefulSet);
        Assert.Throws<YamlException>(() => Parse("apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { selektor: { a: b } }\n"));
    }

    [Fact]
    public void Pods_have_no_rights_no_writable_root_and_a_share_of_the_machine()
    {
        foreach (var (name, pod) in Pods())
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot, name);
            Assert.True(pod.SecurityContext.RunAsUser > 0, name);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken, name);
            foreach (var container in pod.Containers)
            {
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem, name);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation, name);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order(StringComparer.Ordinal));
                Assert.True(container.Resources.Limits.ContainsKey("memory"), name);
                Assert.NotNull(container.ReadinessProbe);
                Assert.All(container.VolumeMounts ?? [], mount => Assert.True(mount.Name == "data" || pod.Volumes.Any(volume => volume.Name == mount.Name), mount.Name));
            }
        }
    }

    [Fact]
    public void Nodes_are_probed_stop_slower_than_they_drain_and_get_secrets_by_reference()
    {
        foreach (var deployment in Base.OfType<V1Deployment>())
        {
            var (name, pod) = (deployment.Metadata.Name, deployment.Spec.Template.Spec);
            var node = Assert.Single(pod.Containers);
            Assert.Equal(("/health", "/health", "/health/ready"), (node.StartupProbe.HttpGet.Path, node.LivenessProbe.HttpGet.Path, node.ReadinessProbe.HttpGet.Path));
            foreach (var port in (string[])[(string)node.StartupProbe.HttpGet.Port, (string)node.LivenessProbe.HttpGet.Port, (string)node.ReadinessProbe.HttpGet.Port])
                Assert.Contains(node.Ports, p => p.Name == port);

            foreach (var settings in (string[])["k8s/base/gateway.json", "k8s/overlays/example/gateway.json"])
            {
                var drain = TimeSpan.Parse((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Root, settings)))!["Gateway"]!["Responses"]!["DrainTimeout"]!, CultureInfo.InvariantCulture);
                var before = node.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0;
                Assert.True(pod.TerminationGracePeriodSeconds > before + drain.TotalSeconds + BehindDrain - 1, $"{name} is killed before it has drained.");
            }

            foreach (var variable in node.Env.Where(v => v.Value is not null))
                Assert.DoesNotMatch("(?i)key|secret|password|redis", variable.Name);
            Assert.Equal("aigateway", node.Env.Single(v => v.Name == "REDIS_CONFIGURATION").ValueFrom.SecretKeyRef.Name);
            Assert.Equal(("1", "0"), ((string)deployment.Spec.Strategy.RollingUpdate.MaxSurge, (string)deployment.Spec.Strategy.RollingUpdate.MaxUnavailable));
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "k8s"), "*.json", SearchOption.AllDirectories))
            Assert.DoesNotMatch("(?i)\"(api)?key\": *\"[^$]|password=[^$]", File.ReadAllText(file));
        Assert.DoesNotContain(Base.Concat(Overlay), o => o is V1Secret);
    }

    [Fact]
    public void Budgets_policies_services_and_the_autoscaler_mean_pods_that_are_there()
    {
        foreach (var deployment in Base.OfType<V1Deployment>())
        {
            var labels = deployment.Spec.Template.Metadata.Labels;
            Assert.True(Matches(deployment.Spec.Selector.MatchLabels, labels));
            Assert.Single(Base.OfType<V1PodDisruptionBudget>(), budget => Matches(budget.Spec.Selector.MatchLabels, labels) && (string)budget.Spec.MaxUnavailable == "1");
            Assert.Single(Base.OfType<V1NetworkPolicy>(), policy => Matches(policy.Spec.PodSelector.MatchLabels, labels) && policy.Spec.PolicyTypes.Contains("Ingress"));
        }

        var deployments = Base.OfType<V1Deployment>().ToDictionary(d => d.Metadata.Name, StringComparer.Ordinal);
        var scaler = Assert.Single(Base.OfType<V2HorizontalPodAutoscaler>());
        Assert.Null(deployments[scaler.Spec.ScaleTargetRef.Name].Spec.Replicas);
        Assert.True(scaler.Spec.MinReplicas >= 2 && scaler.Spec.MaxReplicas > scaler.Spec.MinReplicas);
        var frontend = deployments["aigateway-frontend"].Spec.Template;
        var service = Assert.Single(Base.OfType<V1Service>());
        Assert.True(Matches(service.Spec.Selector, frontend.Metadata.Labels));
        Assert.Contains(frontend.Spec.Containers[0].Ports, port => port.Name == (string)service.Spec.Ports[0].TargetPort);

        // Who reaches a silo's own ports is trusted by it: nobody but silos and frontends does.
        var silo = Base.OfType<V1NetworkPolicy>().Single(policy => policy.Metadata.Name == "aigateway-silo");
        foreach (var rule in silo.Spec.Ingress.Where(rule => rule.Ports.Any(port => (string)port.Port is "silo" or "gateway")))
            Assert.All(rule.FromProperty, peer => Assert.Contains(peer.PodSelector.MatchLabels["app.kubernetes.io/component"], (string[])["silo", "frontend"]));
    }

    [Fact]
    public void Compose_has_all_of_a_cluster_and_a_health_check_each()
    {
        using var reader = File.OpenText(Path.Combine(Root, "docker-compose.yml"));
        var compose = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(reader)));
        var services = ((Dictionary<object, object>)compose["services"]).ToDictionary(s => (string)s.Key, s => (Dictionary<object, object>)s.Value, StringComparer.Ordinal);

        Assert.Equal(["frontend-1", "frontend-2", "nginx", "redis", "silo-1", "silo-2", "silo-3"], services.Keys.Order(StringComparer.Ordinal));
        Assert.All(services, service => Assert.True(service.Value.ContainsKey("healthcheck"), service.Key));
        Assert.All(services.Where(service => service.Key.Contains('-', StringComparison.Ordinal)), service => Assert.Equal("true", service.Value["read_only"]));
        Assert.Contains("noeviction", ((List<object>)services["redis"]["command"]).Cast<string>());
        Assert.StartsWith("127.0.0.1:", (string)((List<object>)services["nginx"]["ports"]).Single(), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, V1PodSpec Pod)> Pods() =>
        Base.Concat(Overlay).OfType<V1Deployment>().Select(d => (d.Metadata.Name, d.Spec.Template.Spec))
            .Concat(Overlay.OfType<V1StatefulSet>().Select(s => (s.Metadata.Name, s.Spec.Template.Spec)));

    private static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static IReadOnlyList<object> Load(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.yaml").Where(file => Path.GetFileName(file) != "kustomization.yaml").SelectMany(file => Parse(File.ReadAllText(file)))];

    private static List<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, null, strict: true);
}
