namespace Slipway.Daemon.Registry.Access;

/// <summary>What somebody may do in a repository.</summary>
[Flags]
internal enum RepositoryRights
{
    None = 0,

    /// <summary>See what is there.</summary>
    Pull = 1,

    /// <summary>Add to it and move its tags.</summary>
    Push = 2,

    /// <summary>Take tags, manifests and blobs away.</summary>
    Delete = 4,
    All = Pull | Push | Delete,
}

/// <summary>Rights as they are written: <c>pull,push,delete</c>.</summary>
internal static class RightsText
{
    /// <summary>Reads a list of rights; <c>*</c> is all of them. Null where one of them is none.</summary>
    public static RepositoryRights? Parse(string text)
    {
        RepositoryRights rights = RepositoryRights.None;
        foreach (string name in text.Split(','))
        {
            RepositoryRights one = name switch
            {
                "pull" => RepositoryRights.Pull,
                "push" => RepositoryRights.Push,
                "delete" => RepositoryRights.Delete,
                "*" => RepositoryRights.All,
                _ => RepositoryRights.None,
            };
            if (one == RepositoryRights.None)
            {
                return null;
            }

            rights |= one;
        }

        return rights;
    }

    /// <summary>The list that <see cref="Parse"/> reads.</summary>
    public static string Of(RepositoryRights rights) => string.Join(
        ',', new[] { RepositoryRights.Pull, RepositoryRights.Push, RepositoryRights.Delete }.Where(right => rights.HasFlag(right)).Select(right => right.ToString().ToLowerInvariant()));
}
