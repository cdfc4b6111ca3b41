namespace Slipway.Data.Trees;

/// <summary>
/// The positions in a text, from 0 to its length, that a part of a glob can have come to. To match with sets of positions instead of
/// trying one after another bounds the cost whatever the pattern.
/// </summary>
internal sealed class PositionSet(int length)
{
    private readonly bool[] _at = new bool[length + 1];

    /// <summary>The length of the text.</summary>
    public int Length => length;

    public bool IsEmpty { get; private set; } = true;

    public static PositionSet Only(int length, int position)
    {
        PositionSet set = new(length);
        set.Add(position);
        return set;
    }

    public bool Contains(int position) => _at[position];

    /// <summary>Adds a position; true where it was not there.</summary>
    public bool Add(int position)
    {
        bool added = !_at[position];
        _at[position] = true;
        IsEmpty = false;
        return added;
    }

    public void AddAll(PositionSet other)
    {
        foreach (int position in other)
        {
            Add(position);
        }
    }

    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < _at.Length; i++)
        {
            if (_at[i])
            {
                yield return i;
            }
        }
    }
}
