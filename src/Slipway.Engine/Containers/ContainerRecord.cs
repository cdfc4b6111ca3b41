using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Engine;

/// <summary>What is written of a container to its directory, so that a later server knows it. Fields may be added, never renamed.</summary>
internal sealed record ContainerRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required ImageRecord Image { get; init; }

    public string? ImageName { get; init; }

    public ImmutableArray<string>? Command { get; init; }

    public ImmutableArray<string>? Entrypoint { get; init; }

    public ImmutableArray<string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public ImmutableArray<Mount> Mounts { get; init; } = [];

    public ResourceLimits Limits { get; init; } = ResourceLimits.None;

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public NetworkMode Network { get; init; }

    public string? Hostname { get; init; }

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool AutoRemove { get; init; }

    public string? StopSignal { get; init; }

    public ContainerStatus Status { get; init; }

    public int? Pid { get; init; }

    /// <summary>conmon's process while it runs.</summary>
    public int? SupervisorPid { get; init; }

    public int? ExitCode { get; init; }

    public bool OomKilled { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public string? Error { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    public static ContainerRecord Of(ContainerInfo info, int? supervisorPid) => new()
    {
        Id = info.Id.ToString(),
        Name = info.Name,
        Image = ImageRecord.Of(info.Spec.Image),
        ImageName = info.Spec.ImageName,
        Command = info.Spec.Command is { } command ? [.. command] : null,
        Entrypoint = info.Spec.Entrypoint is { } entrypoint ? [.. entrypoint] : null,
        Environment = [.. info.Spec.Environment],
        WorkingDirectory = info.Spec.WorkingDirectory,
        User = info.Spec.User,
        Mounts = [.. info.Spec.Mounts],
        Limits = info.Spec.Limits,
        Tty = info.Spec.Tty,
        OpenStdin = info.Spec.OpenStdin,
        Network = info.Spec.Network,
        Hostname = info.Spec.Hostname,
        Labels = info.Spec.Labels.ToImmutableDictionary(),
        AutoRemove = info.Spec.AutoRemove,
        StopSignal = info.Spec.StopSignal,
        Status = info.Status,
        Pid = info.Pid,
        SupervisorPid = supervisorPid,
        ExitCode = info.ExitCode,
        OomKilled = info.OomKilled,
        Created = info.Created,
        Started = info.Started,
        Finished = info.Finished,
        Error = info.Error,
        Warnings = info.Warnings,
    };

    public ContainerInfo ToInfo()
    {
        ContainerSpec spec = new()
        {
            Image = Image.ToImage(),
            ImageName = ImageName,
            Name = Name,
            Command = Command is { } command ? command : null,
            Entrypoint = Entrypoint is { } entrypoint ? entrypoint : null,
            Environment = Environment,
            WorkingDirectory = WorkingDirectory,
            User = User,
            Mounts = Mounts,
            Limits = Limits,
            Tty = Tty,
            OpenStdin = OpenStdin,
            Network = Network,
            Hostname = Hostname,
            Labels = Labels,
            AutoRemove = AutoRemove,
            StopSignal = StopSignal,
        };
        return new ContainerInfo
        {
            Id = ContainerId.Parse(Id),
            Name = Name,
            Spec = spec,
            Arguments = SpecBuilder.Arguments(spec),
            Status = Status,
            Pid = Pid,
            ExitCode = ExitCode,
            OomKilled = OomKilled,
            Created = Created,
            Started = Started,
            Finished = Finished,
            Error = Error,
            Warnings = Warnings,
        };
    }
}

/// <summary>A container's image as it was, so that it stays whole when the store forgets the image's name.</summary>
/// <param name="Config">The config's canonical JSON.</param>
internal sealed record ImageRecord(Digest Digest, Digest ConfigDigest, byte[] Config, ImmutableArray<LayerRecord> Layers)
{
    public static ImageRecord Of(Image image) => new(
        image.Digest,
        image.ConfigDigest,
        ImageConfigJson.Write(image.Config),
        [.. image.Layers.Select(layer => new LayerRecord(layer.Descriptor.MediaType, layer.Descriptor.Digest, layer.Descriptor.Size, layer.DiffId))]);

    public Image ToImage() => new(
        Digest,
        ConfigDigest,
        ImageConfigJson.Parse(Config),
        [.. Layers.Select(layer => new Layer(new Descriptor(layer.MediaType, layer.Digest, layer.Size), layer.DiffId))]);
}

internal sealed record LayerRecord(string MediaType, Digest Digest, long Size, Digest DiffId);

[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class ContainerRecordJson : JsonSerializerContext;
