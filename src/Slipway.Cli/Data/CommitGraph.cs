using System.Text;
using Slipway.Api;

namespace Slipway.Cli.Data;

/// <summary>
/// Draws commits, each before its parents, as lanes that run down the page: a commit is a mark in its lane, a merge opens a lane or leads into one, and
/// lanes that wait for the same commit end in one. Pure: commits in, lines out.
/// </summary>
internal sealed class CommitGraph
{
    /// <summary>What each lane waits for, from the left; null where a lane is free.</summary>
    private readonly List<string?> _lanes = [];

    /// <summary>The lines that lead to a commit, and the one that it stands in; then the lines below it.</summary>
    public (IReadOnlyList<string> Above, string At, IReadOnlyList<string> Below) Next(CommitInfo commit)
    {
        List<string> above = [];
        int lane = _lanes.IndexOf(commit.GlobalId);
        lane = lane < 0 ? Free() : lane;
        _lanes[lane] = commit.GlobalId;
        for (int other = _lanes.Count - 1; other > lane; other--)
        {
            if (_lanes[other] == commit.GlobalId)
            {
                above.Add(Bridge(lane, other, '├', '╯'));
                _lanes[other] = null;
            }
        }

        Trim();
        string at = Row(i => i == lane ? commit.State switch { CommitState.Open => '○', CommitState.Failed => '×', _ => '●' } : _lanes[i] is null ? ' ' : '│');
        List<string> below = [];
        _lanes[lane] = commit.Parent;
        if (commit.MergedFrom is { } merged)
        {
            int into = _lanes.IndexOf(merged);
            bool opened = into < 0;
            into = opened ? Free(lane) : into;
            _lanes[into] = merged;
            if (into != lane)
            {
                char end = opened ? (into > lane ? '╮' : '╭') : into > lane ? '┤' : '├';
                below.Add(into > lane ? Bridge(lane, into, '├', end) : Bridge(into, lane, end, '┤'));
            }
        }

        Trim();
        return (above, at, below);
    }

    /// <summary>Ends the free lanes on the right.</summary>
    private void Trim()
    {
        while (_lanes.Count > 0 && _lanes[^1] is null)
        {
            _lanes.RemoveAt(_lanes.Count - 1);
        }
    }

    private int Free(int except = -1)
    {
        for (int i = 0; i < _lanes.Count; i++)
        {
            if (_lanes[i] is null && i != except)
            {
                return i;
            }
        }

        _lanes.Add(null);
        return _lanes.Count - 1;
    }

    private string Bridge(int left, int right, char start, char end)
    {
        string marks = Row(i => i == left ? start : i == right ? end : i > left && i < right ? (_lanes[i] is null ? '─' : '┼') : _lanes[i] is null ? ' ' : '│');
        return string.Concat(marks.Select((mark, column) => column % 2 == 1 && column > 2 * left && column < 2 * right ? '─' : mark));
    }

    private string Row(Func<int, char> mark)
    {
        StringBuilder row = new();
        for (int i = 0; i < _lanes.Count; i++)
        {
            row.Append(mark(i)).Append(' ');
        }

        return row.ToString();
    }
}
