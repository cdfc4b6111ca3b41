namespace Slipway.Cli.Help;

/// <summary>A script a shell reads; each asks the program itself, so it never falls behind.</summary>
internal static class CompletionScripts
{
    public const string Bash = """
        _slipway() {
            local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
            COMPREPLY=($(slipway __complete "${words[@]}" 2>/dev/null))
            [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -F _slipway slipway
        """;

    public const string Zsh = """
        #compdef slipway
        _slipway() {
            local -a found
            found=("${(@f)$(slipway __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
        }
        compdef _slipway slipway
        """;

    public const string Fish = """
        function __slipway_complete
            set -l words (commandline -opc)[2..-1] (commandline -ct)
            slipway __complete $words 2>/dev/null
        end
        complete -c slipway -a '(__slipway_complete)'
        """;
}
