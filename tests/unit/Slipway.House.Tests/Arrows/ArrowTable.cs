using System.Xml.Linq;

namespace Slipway.House.Arrows;

/// <summary>Which room may use which: as <c>docs/architecture.md</c> draws it, and as the project files have it.</summary>
internal static class ArrowTable
{
    /// <summary>The rows of the table in the document whose first cell is a room's name in backticks.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Drawn(string markdown)
    {
        Dictionary<string, IReadOnlySet<string>> arrows = [];
        foreach (string line in markdown.Split('\n'))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 5 || !cells[1].StartsWith("`Slipway", StringComparison.Ordinal))
            {
                continue;
            }

            string room = cells[1].Trim('`');
            Assert.False(arrows.ContainsKey(room), $"docs/architecture.md has two rows for {room}");
            arrows[room] = cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(name => name != "–")
                .Select(name => $"Slipway.{name}")
                .ToHashSet();
        }

        return arrows;
    }

    /// <summary>Each project below <c>src</c> with the projects that it refers to.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Compiled() =>
        Repository.Files("src", "*.csproj").ToDictionary(
            project => Path.GetFileNameWithoutExtension(project),
            project => (IReadOnlySet<string>)XDocument.Parse(Repository.Read(project))
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension((string?)reference.Attribute("Include") ?? string.Empty))
                .ToHashSet());
}
