using System.Collections.Immutable;
using Slipway.Build.Contexts;
using Slipway.Build.Copying;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Engine;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Running;

/// <summary>What a RUN's mounts need while it runs: binds, copies that may be written, folders of caches, secrets in memory, agents.</summary>
internal sealed class RunMounts(BuildScratch scratch, Origins origins, CacheFolders caches, BuildRequest request) : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _open = new();
    private readonly ImmutableArray<Mount>.Builder _mounts = ImmutableArray.CreateBuilder<Mount>();
    private readonly ImmutableArray<MemoryFolder>.Builder _memory = ImmutableArray.CreateBuilder<MemoryFolder>();
    private readonly ImmutableArray<string>.Builder _environment = ImmutableArray.CreateBuilder<string>();
    private readonly List<(string Path, bool IsDirectory)> _places = [];
    private SecretFiles? _secrets;

    public ImmutableArray<Mount> Mounts => _mounts.ToImmutable();

    public ImmutableArray<MemoryFolder> Memory => _memory.ToImmutable();

    /// <summary>Variables that mounts add: secrets', and where the agent is.</summary>
    public ImmutableArray<string> Environment => _environment.ToImmutable();

    /// <summary>A layer with the mounts' places; null where there are no mounts.</summary>
    public string? TopDirectory { get; private set; }

    public async ValueTask PrepareAsync(LayerStack parent, RunStep step, Func<CopyOrigin, CancellationToken, ValueTask<Origin>> open, CancellationToken cancellationToken)
    {
        foreach (PlannedMount mount in step.Mounts)
        {
            Origin? origin = mount.Origin is null ? null : await open(mount.Origin, cancellationToken);
            switch (mount.Mount.Kind)
            {
                case RunMountKind.Bind:
                    Bind(mount, origin!, cancellationToken);
                    break;
                case RunMountKind.Cache:
                    CacheFolder folder = await caches.TakeAsync(CacheId(mount, origin), mount.Mount.Sharing, path => Fill(path, mount, origin, cancellationToken), cancellationToken);
                    Own(folder);
                    Show(folder.Path, mount, isDirectory: true);
                    break;
                case RunMountKind.Tmpfs:
                    _memory.Add(new(mount.Target, mount.Mount.Size, mount.Mode));
                    _places.Add((mount.Target, true));
                    break;
                case RunMountKind.Secret:
                    Secret(mount);
                    break;
                default:
                    Agent(mount);
                    break;
            }
        }

        await MakePlacesAsync(parent, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        while (_open.TryPop(out IAsyncDisposable? one))
        {
            await one.DisposeAsync();
        }
    }

    private async ValueTask MakePlacesAsync(LayerStack parent, CancellationToken cancellationToken)
    {
        if (_places.Count == 0)
        {
            return;
        }

        Origin files = await origins.OpenAsync(parent, "the files so far", cancellationToken);
        MountPoints points = new(scratch.NewFolder("places"));
        foreach ((string path, bool isDirectory) in _places)
        {
            points.Add(files.Mount!.Target, path, isDirectory);
        }

        TopDirectory = points.Directory;
    }

    private void Bind(PlannedMount mount, Origin origin, CancellationToken cancellationToken)
    {
        string source = ImagePath.Clean("/" + mount.Mount.Source)[1..];
        SourceEntry entry = origin.Tree.Find(source.Length == 0 ? "." : source)
            ?? throw MissingSource.Describe(mount.Mount.Source, origin, request.IgnoredPaths);
        string path = origin.Tree.RealPath(entry.Path, cancellationToken);
        if (!mount.Mount.IsReadOnly)
        {
            path = Writable(path, entry.Status.IsDirectory);
        }

        Show(path, mount, entry.Status.IsDirectory);
    }

    // What the step writes there is forgotten: the Dockerfile reference's rule for a bind that is not read-only.
    private string Writable(string path, bool isDirectory)
    {
        if (!isDirectory)
        {
            string copy = Path.Combine(scratch.NewFolder("copy"), "file");
            File.Copy(path, copy);
            return copy;
        }

        string upper = scratch.NewFolder("upper");
        FileStatus status = Libc.Status(path);
        using (var handle = Libc.Open(upper, OpenFlags.Directory))
        {
            Libc.ChangeOwner(handle, (int)status.User, (int)status.Group);
            Libc.Fchmod(handle, status.Permissions);
        }

        OverlayMount mount = OverlayMount.Mount([path], upper, scratch.NewFolder("work"), scratch.NewFolder("writable"), isVolatile: true);
        _open.Push(mount);
        return mount.Target;
    }

    private static void Fill(string folder, PlannedMount mount, Origin? origin, CancellationToken cancellationToken)
    {
        if (origin is not null)
        {
            string source = ImagePath.Clean("/" + mount.Mount.Source)[1..];
            if (origin.Tree.Find(source.Length == 0 ? "." : source) is { Status.IsDirectory: true } entry)
            {
                using TargetTree target = TargetTree.Open(folder);
                new TreeCopier(origin.Tree, target, new(null, null, null), cancellationToken).Copy(entry, "/");
            }
        }

        using var handle = Libc.Open(folder, OpenFlags.Directory);
        Libc.ChangeOwner(handle, mount.Mount.User, mount.Mount.Group);
        Libc.Fchmod(handle, mount.Mode);
    }

    // BuildKit's rule: caches of one id that begin differently (owner, mode, first content) are different ones.
    private static string CacheId(PlannedMount mount, Origin? origin) => mount.Mount is { User: 0, Group: 0, Mode: null } && origin is null
        ? mount.Id
        : $"{mount.Id}\n{mount.Mount.User}:{mount.Mount.Group} {Convert.ToString(mount.Mode, 8)} {origin?.Stack?.ChainId} {mount.Mount.Source}";

    private void Secret(PlannedMount mount)
    {
        if (!request.Secrets.TryGetValue(mount.Id, out BuildSecret? secret))
        {
            if (mount.Mount.IsRequired)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the step needs the secret '{mount.Id}'", $"Give it: --secret id={mount.Id},src=FILE or --secret id={mount.Id},env=VARIABLE");
            }

            return;
        }

        if (mount.Mount.Variable is { } variable)
        {
            _environment.Add($"{variable}={System.Text.Encoding.UTF8.GetString(secret.Content.Span)}");
        }

        if (mount.Target.Length > 0)
        {
            if (_secrets is null)
            {
                _secrets = new(scratch);
                Own(_secrets);
            }

            Show(_secrets.Add(secret.Content, mount.Mount.User, mount.Mount.Group, mount.Mode), mount, isDirectory: false);
        }
    }

    private void Agent(PlannedMount mount)
    {
        if (!request.SshAgents.TryGetValue(mount.Id, out string? socket))
        {
            if (mount.Mount.IsRequired)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the step needs the ssh agent '{mount.Id}'", $"Give it: --ssh {mount.Id} (your agent) or --ssh {mount.Id}=KEYFILE");
            }

            return;
        }

        AgentRelay relay = AgentRelay.Start(socket, Path.Combine(scratch.NewFolder("ssh"), "agent"), mount.Mount.User, mount.Mount.Group, mount.Mode);
        _open.Push(relay);
        Show(relay.Path, mount, isDirectory: false);
        if (!_environment.Any(entry => entry.StartsWith("SSH_AUTH_SOCK=", StringComparison.Ordinal)))
        {
            _environment.Add($"SSH_AUTH_SOCK={mount.Target}");
        }
    }

    private void Show(string source, PlannedMount mount, bool isDirectory)
    {
        _mounts.Add(new(source, mount.Target, mount.Mount.IsReadOnly));
        _places.Add((mount.Target, isDirectory));
    }

    private void Own(IDisposable owned) => _open.Push(new Owned(owned));

    private sealed class Owned(IDisposable owned) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            owned.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
