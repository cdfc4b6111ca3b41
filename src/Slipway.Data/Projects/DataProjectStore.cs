using System.Collections.Concurrent;
using Slipway.Content;
using Slipway.Content.Keys;
using Slipway.Content.Metadata;
using Slipway.Content.Metadata.Sealed;

namespace Slipway.Data.Projects;

/// <summary>
/// Data projects and, in memory, the opened keys of those that are encrypted. A project that the given master key does not open is locked: what
/// needs its keys fails and says so, and nothing else is concerned.
/// </summary>
public sealed class DataProjectStore : IKeyRing, IDisposable
{
    private readonly Table<DataProject> _table = new("data-projects", DataProjectJson.Default.DataProject);
    private readonly ConcurrentDictionary<string, OpenedProject> _opened = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IMetadataStore _metadata;
    private readonly TimeProvider _time;
    private MasterKeyState _master;

    private DataProjectStore(IMetadataStore metadata, MasterKeyState master, TimeProvider time) => (_metadata, _master, _time) = (metadata, master, time);

    /// <summary>Reads all projects and opens what the master key opens.</summary>
    public static async ValueTask<DataProjectStore> OpenAsync(
        IMetadataStore metadata, MasterKeyState master, TimeProvider time, CancellationToken cancellationToken)
    {
        DataProjectStore store = new(metadata, master, time);
        foreach (DataProject project in await store.ListAsync(cancellationToken))
        {
            store._opened[project.Name] = store.Open(project);
        }

        return store;
    }

    /// <summary>Every project that was made, by name.</summary>
    public ValueTask<List<DataProject>> ListAsync(CancellationToken cancellationToken) => _metadata.ReadAsync(
        async reader => await _table.ScanAsync(reader, null, cancellationToken).Select(row => row.Value).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>The project of that name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public async ValueTask<DataProject> GetAsync(string name, CancellationToken cancellationToken) =>
        await _metadata.ReadAsync(reader => _table.FindAsync(reader, name, cancellationToken), cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"there is no project {name}", "See them: slipway project ls; make one: slipway project create NAME");

    /// <summary>Makes a project. Whether it is encrypted is said now and never changes, so it must have no repos yet.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.InvalidArgument"/>: no name of a project; <see cref="ErrorKind.AlreadyExists"/>; <see cref="ErrorKind.FailedPrecondition"/>:
    /// repos have its name already, or there is no master key.
    /// </exception>
    public async ValueTask<DataProject> CreateAsync(string name, string description, bool encrypt, CancellationToken cancellationToken)
    {
        if (name == "default" || NamePart.FindFault(name) is not null)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"'{name}' cannot name a project", "A project is named by letters, digits, '_', '.' and '-'; default is the one without a name.");
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            DataProject project = new(name, description, _time.GetUtcNow(), encrypt ? ProjectSealer.Create(name, GetMaster(name), _time.GetUtcNow()) : null);
            return await _metadata.WriteAsync(
                async transaction =>
                {
                    await CheckFreeAsync(transaction, name, cancellationToken);
                    await _table.PutAsync(transaction, name, project, cancellationToken);

                    // Before anybody can make a repo in it, which needs a transaction after this one.
                    _opened[name] = Open(project);
                    return project;
                },
                cancellationToken);
        }
        catch (Exception)
        {
            await ReloadAsync(name);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives an encrypted project a new data key for what comes; what is there stays as it is, and readable.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not encrypted, or locked.</exception>
    public async ValueTask<DataProject> AddKeyAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            DataProject project = await GetAsync(name, cancellationToken);
            if (project.Seal is null || Find(name) is not { } keys)
            {
                throw new SlipwayException(ErrorKind.FailedPrecondition, $"project {name} is not encrypted, so it has no key", "Encryption is chosen when a project is made: slipway project create NAME --encrypt");
            }

            MasterKey master = GetMaster(name);
            DataProject changed = project with { Seal = ProjectSealer.WithNewKey(name, project.Seal, master, _time.GetUtcNow()) };
            await PutAsync([changed], cancellationToken);
            keys.Add(ProjectSealer.Open(name, changed.Seal, master).Newest);
            return changed;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Wraps the keys of every encrypted project with another master key, all or none. No data is read or written.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: a project is locked.</exception>
    public async ValueTask<int> RewrapAsync(MasterKey next, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            List<DataProject> changed = [];
            foreach (DataProject project in await ListAsync(cancellationToken))
            {
                if (project.Seal is { } seal && Find(project.Name) is not null)
                {
                    changed.Add(project with { Seal = ProjectSealer.Rewrap(project.Name, seal, GetMaster(project.Name), next) });
                }
            }

            await PutAsync(changed, cancellationToken);
            _master = new MasterKeyState(next, "");
            return changed.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Why a project is locked; null where it is not.</summary>
    public SlipwayException? FindLock(string project) => _opened.GetValueOrDefault(project)?.Lock;

    /// <summary>True for an encrypted project, locked or not.</summary>
    public bool IsEncrypted(string project) => _opened.GetValueOrDefault(project) is { } opened && (opened.Keys is not null || opened.Lock is not null);

    /// <inheritdoc/>
    public bool IsLocked(string project) => FindLock(project) is not null;

    /// <inheritdoc/>
    public ProjectKeys? Find(string project)
    {
        OpenedProject? opened = _opened.GetValueOrDefault(project);
        return opened?.Lock is { } reason ? throw new SlipwayException(reason.Kind, reason.Message, reason.Hint, reason) : opened?.Keys;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async ValueTask CheckFreeAsync(IMetadataReader reader, string name, CancellationToken cancellationToken)
    {
        if (await _table.FindAsync(reader, name, cancellationToken) is not null)
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"there is a project {name} already", $"See it: slipway project inspect {name}");
        }

        await foreach ((string repo, _) in reader.ScanAsync("repos", $"{name}/", $"{name}0", cancellationToken, limit: 1))
        {
            throw new SlipwayException(
                ErrorKind.FailedPrecondition, $"repo {repo} is in project {name} already: how its content is kept cannot be chosen any more", "Take another name for the project.");
        }
    }

    private ValueTask<bool> PutAsync(List<DataProject> projects, CancellationToken cancellationToken) => _metadata.WriteAsync(
        async transaction =>
        {
            foreach (DataProject project in projects)
            {
                await _table.PutAsync(transaction, project.Name, project, cancellationToken);
            }

            return true;
        },
        cancellationToken);

    private async ValueTask ReloadAsync(string name)
    {
        DataProject? stored = await _metadata.ReadAsync(reader => _table.FindAsync(reader, name, CancellationToken.None), CancellationToken.None);
        if (stored is null)
        {
            _opened.TryRemove(name, out _);
        }
    }

    private MasterKey GetMaster(string project) => _master.Key ?? throw LockOf(project, _master.Missing);

    private OpenedProject Open(DataProject project)
    {
        if (project.Seal is not { } seal)
        {
            return new OpenedProject(null, null);
        }

        try
        {
            return new OpenedProject(ProjectSealer.Open(project.Name, seal, GetMaster(project.Name)), null);
        }
        catch (SlipwayException error) when (error.Hint is null)
        {
            return new OpenedProject(null, LockOf(project.Name, error.Message));
        }
        catch (SlipwayException error)
        {
            return new OpenedProject(null, error);
        }
    }

    private static SlipwayException LockOf(string project, string why) => new(
        ErrorKind.FailedPrecondition,
        $"project {project} is encrypted and locked, because {why}",
        "Stop the server (slipway daemon stop) and start it with the master key: SLIPWAY_MASTER_KEY_FILE=PATH, SLIPWAY_MASTER_KEY_COMMAND or SLIPWAY_MASTER_KEY.");

    private sealed record OpenedProject(ProjectKeys? Keys, SlipwayException? Lock);
}
