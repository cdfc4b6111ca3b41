using Slipway.Data.Worktrees;

namespace Slipway.Data.Inputs;

/// <summary>One entry of the cache, filled or being filled. Its fields change under the cache's lock only.</summary>
internal sealed class InputSlot(string key)
{
    /// <summary>Its path below the cache's folder.</summary>
    public string Key { get; } = key;

    /// <summary>The one attempt to fill it, shared by all who hold it.</summary>
    public Task<PlacedFiles> Fill { get; set; } = Task.FromResult(default(PlacedFiles));

    /// <summary>How many hold it; the filling counts as one.</summary>
    public int Holders { get; set; }

    /// <summary>It is whole and has its name.</summary>
    public bool Placed { get; set; }

    /// <summary>What it costs, once it is filled.</summary>
    public PlacedFiles Cost { get; set; }

    /// <summary>It is to go as soon as nobody holds it.</summary>
    public bool Doomed { get; set; }

    /// <summary>Where it was moved to be removed; null while it has its name, or has none.</summary>
    public string? Trash { get; set; }

    /// <summary>Its place among those that nobody holds, longest unused first; null while it is held.</summary>
    public LinkedListNode<InputSlot>? Idle { get; set; }
}
