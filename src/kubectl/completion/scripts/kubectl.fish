# Completion of kubectl in fish. What may follow is asked of kubectl itself: see "kubectl __complete".

function __kubectl_complete
    set -l typed (commandline -ct)
    set -l line (commandline -opc)
    set -l reply (kubectl __complete $line[2..-1] "$typed" 2>/dev/null </dev/null)
    set -q reply[1]; or return
    set -l directive (string replace ':' '' -- $reply[-1])
    set -e reply[-1]
    test (math "bitand($directive, 1)") -eq 0; or return
    # A flag and its value are one word, which is offered whole.
    set -l lead (string match -r -- '^-[^=]*=' "$typed")
    if test (math "bitand($directive, 8)") -ne 0
        for ending in $reply
            __fish_complete_suffix ".$ending"
        end
        return
    end
    if set -q reply[1]
        printf '%s\n' $lead$reply
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path "$typed"
    end
end

complete -c kubectl -e
complete -c kubectl -f -a '(__kubectl_complete)'
