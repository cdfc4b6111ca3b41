using Slipway.Content;

namespace Slipway.Engine;

/// <summary>Follows symlinks by name, with a layer's root as their root, so that no kernel is asked to and none leads out.</summary>
internal static class SymlinkSteps
{
    private const int MaximumLinks = 40;

    /// <summary>The path that a path means once every symlink on it, the last name too, was followed. What is not there is taken as it is written.</summary>
    /// <param name="findLink">The text of the symlink at a path that has none on its way, or null where there is none.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the symlinks are a ring, or more than 40.</exception>
    public static string Resolve(string path, Func<string, string?> findLink)
    {
        Stack<string> rest = new(path.Split('/').Reverse());
        List<string> done = [];
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (done.Count > 0)
                {
                    done.RemoveAt(done.Count - 1);
                }

                continue;
            }

            done.Add(part);
            if (findLink(string.Join('/', done)) is not { } target)
            {
                continue;
            }

            if (++links > MaximumLinks)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer's path '{path}' leads through a ring of symlinks");
            }

            done.RemoveAt(done.Count - 1);
            if (target.StartsWith('/'))
            {
                done.Clear();
            }

            foreach (string step in target.Split('/').Reverse())
            {
                rest.Push(step);
            }
        }

        return string.Join('/', done);
    }
}
