using System.Collections.Immutable;
using Slipway.Api;
using Slipway.Engine;
using Slipway.Images;

namespace Slipway.Daemon.Api;

/// <summary>The engine's containers as the wire says them, and back.</summary>
internal static class ContainerWire
{
    public static ContainerSpec Spec(CreateContainerRequest request, Image image) => new()
    {
        Image = image,
        ImageName = request.Image,
        Name = request.Name,
        Command = request.Command,
        Entrypoint = request.Entrypoint,
        Environment = request.Environment,
        WorkingDirectory = request.WorkingDirectory,
        User = request.User,
        Mounts = [.. request.Mounts.Select(mount => new Mount(mount.Source, mount.Target, mount.ReadOnly))],
        Limits = new ResourceLimits(request.MemoryBytes, request.Cpus, request.PidsLimit),
        Tty = request.Tty,
        OpenStdin = request.OpenStdin,
        Network = request.Network == ContainerNetwork.None ? NetworkMode.None : NetworkMode.Host,
        Hostname = request.Hostname,
        Labels = request.Labels,
        AutoRemove = request.AutoRemove,
        StopSignal = request.StopSignal,
    };

    public static ExecSpec Exec(ExecRequest request) => new()
    {
        Command = request.Command,
        Environment = request.Environment,
        WorkingDirectory = request.WorkingDirectory,
        User = request.User,
        Tty = request.Tty,
        OpenStdin = request.OpenStdin,
    };

    public static ContainerCreated Created(ContainerInfo container) =>
        new(container.Id.ToString(), container.Name, container.Warnings.IsEmpty ? null : container.Warnings);

    public static ContainerSummary Summary(ContainerInfo container) => new()
    {
        Id = container.Id.ToString(),
        Name = container.Name,
        Image = container.Spec.ImageName ?? container.Spec.Image.Digest.ToString(),
        Command = container.Arguments,
        Status = container.Status switch
        {
            Engine.ContainerStatus.Created => Slipway.Api.ContainerStatus.Created,
            Engine.ContainerStatus.Running => Slipway.Api.ContainerStatus.Running,
            _ => Slipway.Api.ContainerStatus.Exited,
        },
        ExitCode = container.ExitCode,
        OomKilled = container.OomKilled,
        Created = container.Created,
        Started = container.Started,
        Finished = container.Finished,
    };

    public static ContainerDetails Details(ContainerInfo container) => new()
    {
        Summary = Summary(container),
        ImageDigest = container.Spec.Image.Digest.ToString(),
        Pid = container.Pid,
        Request = Request(container),
    };

    public static LogRecord Log(LogLine line) => LogRecord.From(Output(line.Stream), line.Time, line.Content.Span);

    public static OutputStream Output(StreamKind stream) => stream == StreamKind.Stderr ? OutputStream.Stderr : OutputStream.Stdout;

    private static CreateContainerRequest Request(ContainerInfo container)
    {
        ContainerSpec spec = container.Spec;
        ImageConfig config = spec.Image.Config;
        return new()
        {
            Image = spec.ImageName ?? spec.Image.Digest.ToString(),
            Name = container.Name,
            Command = spec.Command ?? (spec.Entrypoint is null ? config.Cmd : null),
            Entrypoint = spec.Entrypoint ?? config.Entrypoint,
            Environment = [.. config.Env, .. spec.Environment],
            WorkingDirectory = spec.WorkingDirectory ?? (config.WorkingDir.Length > 0 ? config.WorkingDir : "/"),
            User = spec.User ?? config.User,
            Mounts = [.. spec.Mounts.Select(mount => new MountRequest(mount.Source, mount.Target, mount.ReadOnly))],
            MemoryBytes = spec.Limits.MemoryBytes,
            Cpus = spec.Limits.Cpus,
            PidsLimit = spec.Limits.Pids,
            Tty = spec.Tty,
            OpenStdin = spec.OpenStdin,
            Network = spec.Network == NetworkMode.None ? ContainerNetwork.None : ContainerNetwork.Host,
            Hostname = spec.Hostname,
            Labels = spec.Labels,
            AutoRemove = spec.AutoRemove,
            StopSignal = spec.StopSignal ?? config.StopSignal,
        };
    }
}
