using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>The containers of an engine by id and by name. Safe for many threads.</summary>
internal sealed class ContainerRegistry
{
    private const int ShownNames = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<ContainerId, Container> _byId = [];
    private readonly Dictionary<string, ContainerId> _byName = new(StringComparer.Ordinal);

    /// <summary>Reserves a name for an id: the one asked for, or a random one.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.AlreadyExists"/>; <see cref="ErrorKind.InvalidArgument"/>.</exception>
    public string Reserve(string? wanted, ContainerId id)
    {
        string? name = wanted is null ? null : ContainerNames.Check(wanted);
        lock (_lock)
        {
            name ??= ContainerNames.Choose(_byName.ContainsKey);
            return _byName.TryAdd(name, id)
                ? name
                : throw new SlipwayException(
                    ErrorKind.AlreadyExists, $"the name '{name}' is in use by container {_byName[name].Short}", $"Remove that one with `slipway rm {name}`, or choose another name.");
        }
    }

    /// <summary>Gives a reserved name back.</summary>
    public void Release(string name)
    {
        lock (_lock)
        {
            _byName.Remove(name);
        }
    }

    /// <summary>Adds a container whose name is reserved for it (or free).</summary>
    public void Add(Container container)
    {
        lock (_lock)
        {
            _byId[container.Id] = container;
            _byName[container.Info.Name] = container.Id;
        }
    }

    public void Remove(Container container)
    {
        lock (_lock)
        {
            _byId.Remove(container.Id);
            _byName.Remove(container.Info.Name);
        }
    }

    public ImmutableArray<Container> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byId.Values];
            }
        }
    }

    /// <summary>True for a container of this engine, also for one that is being made: its name is reserved already.</summary>
    public bool Contains(ContainerId id)
    {
        lock (_lock)
        {
            return _byId.ContainsKey(id) || _byName.ContainsValue(id);
        }
    }

    /// <summary>By full id.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>.</exception>
    public Container Get(ContainerId id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out Container? container) ? container : throw Missing(id.Short);
        }
    }

    /// <summary>By full id, name, or a prefix of the id that only one has.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the prefix is several containers'.</exception>
    public Container? Find(string idPrefixOrName)
    {
        string wanted = idPrefixOrName.StartsWith('/') ? idPrefixOrName[1..] : idPrefixOrName;
        lock (_lock)
        {
            if ((ContainerId.TryParse(wanted, out ContainerId id) || _byName.TryGetValue(wanted, out id)) && _byId.TryGetValue(id, out Container? exact))
            {
                return exact;
            }

            Container[] found = wanted.Length == 0
                ? []
                : [.. _byId.Where(pair => pair.Key.ToString().StartsWith(wanted, StringComparison.Ordinal)).Select(pair => pair.Value).Take(2)];
            return found.Length < 2
                ? found.FirstOrDefault()
                : throw new SlipwayException(ErrorKind.InvalidArgument, $"several containers' ids begin with '{wanted}'", "Give more of its digits, or its name.");
        }
    }

    /// <summary>Says that there is none, and what there is.</summary>
    public SlipwayException Missing(string wanted)
    {
        string[] names;
        lock (_lock)
        {
            names = [.. _byId.Values.Select(container => container.Info.Name).Order(StringComparer.Ordinal).Take(ShownNames)];
        }

        return new SlipwayException(
            ErrorKind.NotFound, $"there is no container '{wanted}'", names.Length == 0 ? "There are none; `slipway run` makes one." : $"There are: {string.Join(", ", names)}.");
    }
}
