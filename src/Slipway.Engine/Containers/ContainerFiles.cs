namespace Slipway.Engine;

/// <summary>Where the things of one container stand. The directory is also its bundle: conmon puts its sockets there.</summary>
internal sealed record ContainerFiles(string Directory, ContainerId Id)
{
    public string State => Path.Combine(Directory, "container.json");

    public string Spec => Path.Combine(Directory, "config.json");

    public string Upper => Path.Combine(Directory, "upper");

    public string Work => Path.Combine(Directory, "work");

    public string Root => Path.Combine(Directory, "rootfs");

    public string Log => Path.Combine(Directory, "log");

    public string PidFile => Path.Combine(Directory, "pid");

    public string ExitDirectory => Path.Combine(Directory, "exit");

    public string ExitFile => Path.Combine(ExitDirectory, Id.ToString());

    public string Control => Path.Combine(Directory, "ctl");

    public string Volumes => Path.Combine(Directory, "volumes");

    public string Execs => Path.Combine(Directory, "exec");
}
