using System.Collections.Immutable;
using System.Reflection;
using Slipway.Content;

namespace Slipway.Images.Configs;

/// <summary>Two configs have one run identity exactly where a container sees the same.</summary>
public sealed class RunIdentityTests
{
    private static readonly ImageConfig Plain = new() { Architecture = "amd64" };

    /// <summary>What a container sees, each with values that differ from each other and from the plain config's.</summary>
    private static readonly Dictionary<string, Func<ImageConfig, ImageConfig>[]> Seen = new()
    {
        [nameof(ImageConfig.DiffIds)] = [c => c with { DiffIds = [Digest.Of("a"), Digest.Of("b")] }, c => c with { DiffIds = [Digest.Of("b"), Digest.Of("a")] }, c => c with { DiffIds = [Digest.Of("a")] }],
        [nameof(ImageConfig.Os)] = [c => c with { Os = "other" }],
        [nameof(ImageConfig.Architecture)] = [c => c with { Architecture = "arm64" }],
        [nameof(ImageConfig.Variant)] = [c => c with { Variant = "" }, c => c with { Variant = "v8" }],
        [nameof(ImageConfig.Env)] = [c => c with { Env = ["A=1", "B=2"] }, c => c with { Env = ["B=2", "A=1"] }, c => c with { Env = ["A=1B=2"] }, c => c with { Env = [""] }],
        [nameof(ImageConfig.Entrypoint)] = [c => c with { Entrypoint = [] }, c => c with { Entrypoint = ["a b"] }, c => c with { Entrypoint = ["a", "b"] }],
        [nameof(ImageConfig.Cmd)] = [c => c with { Cmd = [] }, c => c with { Cmd = ["a b"] }, c => c with { Cmd = ["a", "b"] }],
        [nameof(ImageConfig.User)] = [c => c with { User = "a" }, c => c with { User = "0" }],
        [nameof(ImageConfig.WorkingDir)] = [c => c with { WorkingDir = "a" }, c => c with { WorkingDir = "/" }],
        [nameof(ImageConfig.Volumes)] = [c => c with { Volumes = c.Volumes.Add("a") }, c => c with { Volumes = c.Volumes.Add("a").Add("b") }],
    };

    private static readonly Dictionary<string, Func<ImageConfig, ImageConfig>> Unseen = new()
    {
        [nameof(ImageConfig.Created)] = c => c with { Created = "2020-01-01T00:00:00Z" },
        [nameof(ImageConfig.Author)] = c => c with { Author = "me" },
        [nameof(ImageConfig.ExposedPorts)] = c => c with { ExposedPorts = c.ExposedPorts.Add("80/tcp") },
        [nameof(ImageConfig.Labels)] = c => c with { Labels = c.Labels.Add("a", "b") },
        [nameof(ImageConfig.StopSignal)] = c => c with { StopSignal = "SIGINT" },
        [nameof(ImageConfig.Healthcheck)] = c => c with { Healthcheck = new Healthcheck(["CMD", "true"]) },
        [nameof(ImageConfig.OnBuild)] = c => c with { OnBuild = ["RUN true"] },
        [nameof(ImageConfig.Shell)] = c => c with { Shell = ["/bin/bash"] },
        [nameof(ImageConfig.History)] = c => c with { History = [new HistoryEntry("2020-01-01T00:00:00Z", "me", "RUN true", null, true)] },
    };

    [Fact]
    public void Of_every_field_it_is_known_whether_a_container_sees_it() => Assert.Equal(
        typeof(ImageConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Order(),
        Seen.Keys.Concat(Unseen.Keys).Order());

    /// <summary>Every choice of values of two fields, beside every other; then all that is not seen, beside what it leaves alone.</summary>
    [Fact]
    public void It_is_the_same_exactly_where_what_a_container_sees_is()
    {
        (string Field, int Value)[] values = [.. Seen.SelectMany(field => field.Value.Select((_, index) => (field.Key, index)))];
        List<(string Choice, Digest Identity)> identities = [("", RunIdentity.Of(Plain))];
        foreach ((string Field, int Value) one in values)
        {
            identities.Add(($"{one}", RunIdentity.Of(With(Plain, one))));
            foreach ((string Field, int Value) other in values.Where(other => string.CompareOrdinal(one.Field, other.Field) < 0))
            {
                identities.Add(($"{one} {other}", RunIdentity.Of(With(With(Plain, one), other))));
            }
        }

        Assert.Equal(identities.Count, identities.Select(item => item.Identity).Distinct().Count());

        foreach ((string Field, int Value) one in values)
        {
            ImageConfig seen = With(Plain, one);
            Assert.All(Unseen, field => Assert.Equal(RunIdentity.Of(seen), RunIdentity.Of(field.Value(seen))));
            Assert.Equal(RunIdentity.Of(seen), RunIdentity.Of(Unseen.Values.Aggregate(seen, (config, change) => change(config))));
        }

        static ImageConfig With(ImageConfig config, (string Field, int Value) choice) => Seen[choice.Field][choice.Value](config);
    }

    /// <summary>It is part of what is stored: another form of it would run every datum again, so it has a version.</summary>
    [Fact]
    public void It_stays_what_it_is() => Assert.Equal(
        "sha256:4a78efb7acb6bba9f5d769fdb9e359d733cdd84fee8845ec16c17ad2bb6cfcea", RunIdentity.Of(Plain).ToString());
}
